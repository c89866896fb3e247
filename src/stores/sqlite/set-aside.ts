import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { SetAsideStore, SetAsideRow } from '../ports/store.ts';
import { answer } from './answer.ts';

/** Rows that could not be written: in a table, and where not even that works in a file beside the database. */
export interface SetAside {
  /** Inside a transaction of the caller. */
  put(row: SetAsideRow): void;
  /** One line of JSON, appended. @throws Error when the disk does not take it */
  putInFile(row: SetAsideRow): void;
  store: SetAsideStore;
}

/** @param path of the database; `:memory:` has no file beside it */
export function openSetAside(db: Database, path: string): SetAside {
  const file = path === ':memory:' ? null : `${path}.set-aside.jsonl`;
  const put = db.prepare<SetAsideRow>(
    'INSERT INTO set_aside_rows (call, at, reason, row) VALUES (@call, @at, @reason, @row)',
  );
  const since = db.prepare<[number, number], SetAsideRow>(
    'SELECT call, at, reason, row FROM set_aside_rows WHERE at >= ? ORDER BY at LIMIT ?',
  );
  const isWritten = db.prepare<[string]>('SELECT 1 FROM calls WHERE id = ?');
  /** A database that came back has what was thought to be lost. */
  const inFile = (): SetAsideRow[] =>
    file !== null && existsSync(file)
      ? readLines(file).filter(({ call }) => isWritten.get(call) === undefined)
      : [];
  return {
    put: (row) => void put.run(row),
    putInFile(row) {
      if (file === null) throw new Error('a database in memory has no file beside it');
      appendFileSync(file, `${JSON.stringify(row)}\n`);
    },
    store: {
      list: (from, limit) =>
        answer(() => {
          const beside = inFile().filter(({ at }) => at >= from);
          return [...since.all(from, limit), ...beside].slice(0, limit);
        }),
    },
  };
}

/** A line that was cut off in the middle is left out. */
function readLines(file: string): SetAsideRow[] {
  const rows = readFileSync(file, 'utf8').split('\n').filter(Boolean).map(parseLine);
  return rows.filter((row) => row !== null);
}

function parseLine(line: string): SetAsideRow | null {
  try {
    return JSON.parse(line) as SetAsideRow;
  } catch {
    return null;
  }
}
