import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

const PAGE = 4096;

/** Overwrites every page of a database but the first, as a failing disk may. */
export function damagePages(path: string): void {
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const pages = Math.floor(statSync(path).size / PAGE);
  const file = openSync(path, 'r+');
  for (let page = 1; page < pages; page += 1) writeSync(file, 'x'.repeat(PAGE), page * PAGE);
  closeSync(file);
}
