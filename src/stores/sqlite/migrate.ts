import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { StoreError } from './store-error.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

let read: readonly string[] | undefined;

/**
 * Every migration, oldest first: the files `NNN-name.sql`, numbered without a gap. A landed one is never changed.
 */
export function migrations(): readonly string[] {
  return (read ??= readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name, nth) => {
      if (Number.parseInt(name, 10) !== nth + 1)
        throw new Error(`${name}: migration ${String(nth + 1)} is missing, or there twice`);
      return readFileSync(new URL(name, FOLDER), 'utf8');
    }));
}

/**
 * Bring the file up to date. Many processes may start on one file at once: the write lock is taken
 * before the version is read.
 * @throws StoreError when the file was written by a newer tollgate
 */
export function migrate(db: Database): void {
  const known = migrations();
  db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > known.length) {
      throw new StoreError(
        `the database is at version ${String(version)}, this tollgate knows ${String(known.length)}: use the newer tollgate, or another TOLLGATE_DB`,
      );
    }
    for (const sql of known.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${String(known.length)}`);
  }).immediate();
}
