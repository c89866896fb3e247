import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../ports.ts';
import { openLedger } from './ledger.ts';
import { migrate } from './migrate.ts';

/** How long a writer waits for another process's write before it gives up, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 20;

/**
 * Open the SQLite store at `path` (`:memory:` for one that is forgotten). Many processes may share
 * a file: each agent starts its own stdio server.
 * @throws Error when the file cannot be opened or was written by a newer tollgate
 */
export function openSqlite(path: string): Store {
  if (path !== ':memory:') makeFolder(dirname(path));
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  switchToWal(db);
  // In WAL mode NORMAL survives kill -9; only a power cut may lose the last rows, never corrupt.
  db.pragma('synchronous = NORMAL');
  migrate(db);
  return {
    ledger: openLedger(db),
    health: () => Promise.resolve(healthOf(db)),
    close: () => {
      db.close();
      return Promise.resolve();
    },
  };
}

/**
 * Two processes that make the same new file meet here, and SQLite does not wait for the other when
 * the journal is switched, whatever the timeout: it says busy at once. So we wait.
 */
function switchToWal(db: Database.Database): void {
  const until = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER_MS);
    }
  }
}

/** Our own folder keeps itself out of git: a ledger says who asked what. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (basename(folder) === '.tollgate' && !existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function healthOf(db: Database.Database): string | null {
  try {
    db.prepare('SELECT 1 FROM calls LIMIT 1').get();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
