import type { Database } from 'better-sqlite3';
import { calls } from './migrations/001-calls.ts';
import { routes } from './migrations/002-routes.ts';
import { keysAndBudgets } from './migrations/003-keys-and-budgets.ts';
import { cache } from './migrations/004-cache.ts';
import { prompts } from './migrations/005-prompts.ts';
import { rollUps } from './migrations/006-roll-ups.ts';
import { metersByCount } from './migrations/007-meters.ts';
import { setAside } from './migrations/008-set-aside.ts';
import { weeks } from './migrations/009-weeks.ts';
import { StoreError } from './store-error.ts';

/** Every migration, oldest first; a landed one is never changed. */
const MIGRATIONS: readonly string[] = [
  calls,
  routes,
  keysAndBudgets,
  cache,
  prompts,
  rollUps,
  metersByCount,
  setAside,
  weeks,
];

/**
 * Bring the file up to date. Many processes may start on one file at once: the write lock is taken
 * before the version is read.
 * @throws StoreError when the file was written by a newer tollgate
 */
export function migrate(db: Database): void {
  db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > MIGRATIONS.length) {
      throw new StoreError(
        `the database is at version ${String(version)}, this tollgate knows ${String(MIGRATIONS.length)}: use the newer tollgate, or another TOLLGATE_DB`,
      );
    }
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${String(MIGRATIONS.length)}`);
  }).immediate();
}
