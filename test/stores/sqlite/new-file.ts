import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Store } from '../../../src/stores/ports/store.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import type { Database } from '../cases/database.ts';

/** A database file of its own for every case. */
export const newFile = (): Database & { path: string } => newFileWith({});

/** One whose questions are answered in a thread, however small it is. */
export const newThreadedFile = (): Database & { path: string } => newFileWith({ threadFrom: -1 });

function newFileWith(options: { threadFrom?: number }): Database & { path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'budgets-'));
  const path = join(folder, 't.db');
  copyFileSync(blank(), path);
  const opened: Store[] = [];
  return {
    path,
    open(processId) {
      const store = openSqlite(path, processId === undefined ? options : { ...options, processId });
      opened.push(store);
      return store;
    },
    async remove() {
      await Promise.all(opened.map((store) => store.close()));
      rmSync(folder, { recursive: true });
    },
  };
}

let made: string | undefined;

/** A database without a row, made once: to make the tables is a third of the time that most cases take. */
function blank(): string {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'blank-'));
  const path = join(folder, 't.db');
  const db = new Sqlite(path);
  try {
    db.pragma('journal_mode = WAL');
    migrate(db);
  } finally {
    db.close();
  }
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return (made = path);
}
