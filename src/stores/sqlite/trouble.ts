import BetterSqlite3 from 'better-sqlite3';

/** Other processes have the database, and go on having it. */
export class LockedError extends Error {
  override name = 'LockedError';
}

type TroubleKind = 'full' | 'damaged' | 'closed to writing' | 'disk' | 'locked' | 'row' | 'other';

/** By the beginning of SQLite's code: it has finer ones below each. */
const KINDS: readonly (readonly [string, TroubleKind])[] = [
  ['SQLITE_FULL', 'full'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_READONLY', 'closed to writing'],
  ['SQLITE_PERM', 'closed to writing'],
  ['SQLITE_CANTOPEN', 'closed to writing'],
  ['SQLITE_IOERR', 'disk'],
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_LOCKED', 'locked'],
  ['SQLITE_CONSTRAINT', 'row'],
  ['SQLITE_MISMATCH', 'row'],
  ['SQLITE_TOOBIG', 'row'],
  ['SQLITE_RANGE', 'row'],
];

function kindOf(error: unknown): TroubleKind {
  if (error instanceof LockedError) return 'locked';
  if (!(error instanceof BetterSqlite3.SqliteError)) return 'other';
  if (error.message.includes('integer overflow')) return 'row';
  return KINDS.find(([code]) => error.code.startsWith(code))?.[1] ?? 'other';
}

/**
 * Whether the next write would meet an error as well. What is thrown by our own code, or by a value
 * that SQLite does not take, is the fault of one row.
 */
export function isOfDatabase(error: unknown): boolean {
  if (error instanceof BetterSqlite3.SqliteError) return kindOf(error) !== 'row';
  return error instanceof LockedError || messageOf(error).includes('connection is not open');
}

/** A database that shows this cannot be trusted with another call, until a write says otherwise. */
export const isTrouble = (error: unknown): boolean =>
  ['full', 'damaged', 'closed to writing', 'disk'].includes(kindOf(error));

/** No write can show that all the other pages are well. */
export const isDamage = (error: unknown): boolean => kindOf(error) === 'damaged';

/** Trouble with the database at `path` and what to do, as one sentence; null for other errors. */
export function troubleInWords(error: unknown, path: string): string | null {
  const code = (error as { code?: string }).code ?? '';
  switch (kindOf(error)) {
    case 'full':
      return `there is no room left for the database ${path}: make some on its disk`;
    case 'damaged':
      return code === 'SQLITE_NOTADB'
        ? `the file ${path} is not a tollgate database, or its beginning is damaged: name another with TOLLGATE_DB, or restore a backup`
        : `the database ${path} is damaged: stop what uses it, then restore a backup, or save what can be read with: sqlite3 ${path} .recover`;
    case 'closed to writing':
      return `the database ${path} cannot be opened for writing (${code}): check TOLLGATE_DB and the permissions of the file and its folder`;
    case 'disk':
      return `the disk does not take, or give back, what is in the database ${path} (${code})`;
    case 'locked':
      return `other processes keep the database ${path} locked`;
    case 'row':
    case 'other':
      return null;
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
