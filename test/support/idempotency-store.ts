import Database from 'better-sqlite3';
import type { IdempotencyStore } from '../../src/stores/ports/store.ts';
import { openIdempotencyStore } from '../../src/stores/sqlite/idempotency.ts';
import { migrations } from '../../src/stores/sqlite/migrate.ts';
import { buildWriter } from '../../src/stores/sqlite/writer.ts';

export interface OpenIdempotencyStore {
  db: Database.Database;
  store: IdempotencyStore;
  close: () => Promise<void>;
}

/** The book of one process on a database: a connection of its own. */
export function openStoreOfProcess(
  path = ':memory:',
  processId = 'process_1',
): OpenIdempotencyStore {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  if (db.pragma('user_version', { simple: true }) === 0) {
    for (const sql of migrations().slice(0, 3)) db.exec(sql);
    db.pragma('user_version = 3');
  }
  const writer = buildWriter(db);
  const close = async (): Promise<void> => {
    await writer.drained();
    db.close();
  };
  return { db, store: openIdempotencyStore(db, writer, processId), close };
}
