import { statSync } from 'node:fs';
import { basename } from 'node:path';

/** A file as the disk knows it, whatever it is called. */
interface Identity {
  dev: number;
  ino: number;
}

/** Files of a database in WAL mode: rows stand in the log before they are in the file. */
const PARTS = ['', '-wal', '-shm'];

/**
 * Looks whether the files of an open database are still those under its path. Whoever has a file
 * open goes on writing to it after it was renamed or deleted, and never hears of it.
 * @returns what is wrong, as a sentence, or null
 */
export function watchFiles(path: string): () => string | null {
  const files = PARTS.map((part) => ({ name: `${path}${part}`, part }))
    .map((file) => ({ ...file, was: identityOf(file.name) }))
    .filter(({ was }) => was !== null);
  return () => {
    for (const { name, part, was } of files) {
      const is = identityOf(name);
      const [database, file] = [basename(path), basename(name)];
      if (is === null) return part === '' ? gone(database) : partGone(database, file);
      if (is.ino !== was?.ino || is.dev !== was.dev) return replaced(file);
    }
    return null;
  };
}

function identityOf(name: string): Identity | null {
  try {
    const { dev, ino } = statSync(name);
    return { dev, ino };
  } catch {
    return null;
  }
}

const gone = (database: string): string =>
  `the database ${database} is no longer there (renamed or deleted): what is written now nobody would find. Put it back, or restart tollgate, which begins a new one`;

const partGone = (database: string, file: string): string =>
  `${file}, a part of the database ${database}, was deleted: restart tollgate, which saves what it still holds`;

const replaced = (file: string): string =>
  `another file has taken the place of ${file}: restart tollgate, which then uses it`;
