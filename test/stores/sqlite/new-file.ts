import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../src/stores/ports.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import type { Database } from '../cases/database.ts';

/** A database file of its own for every case. */
export const newFile = (): Database & { path: string } => newFileWith({});

/** One whose questions are answered in a thread, however small it is. */
export const newThreadedFile = (): Database & { path: string } => newFileWith({ threadFrom: -1 });

function newFileWith(options: { threadFrom?: number }): Database & { path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'budgets-'));
  const path = join(folder, 't.db');
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
