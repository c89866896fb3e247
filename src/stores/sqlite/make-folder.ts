import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The folder of a database. Our own keeps itself out of git: a ledger says who asked what. */
export function makeFolder(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (basename(folder) === '.tollgate' && !existsSync(ignore)) writeFileSync(ignore, '*\n');
}
