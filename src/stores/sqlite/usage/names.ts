import type { Database } from 'better-sqlite3';

/** In the place of a name: none, or as a viewer everybody. */
export const NO_NAME = 0;

/** Names as the small numbers that sums are kept under. */
export interface Names {
  /** Undefined where nothing has that name. */
  find(name: string | null): number | undefined;
  nameOf(id: number): string | null;
  /** Gives what has no number one; inside a transaction. Remembers for as long as it is used. */
  giving(): (name: string | null) => number;
}

export function openNames(db: Database): Names {
  const find = db.prepare<[string], number>('SELECT id FROM usage_names WHERE name = ?').pluck();
  const name = db.prepare<[number], string>('SELECT name FROM usage_names WHERE id = ?').pluck();
  const add = db.prepare<[string]>('INSERT INTO usage_names (name) VALUES (?)');
  return {
    find: (asked) => (asked === null ? NO_NAME : find.get(asked)),
    nameOf: (id) => name.get(id) ?? null,
    giving() {
      const known = new Map<string, number>();
      return (asked) => {
        if (asked === null) return NO_NAME;
        const id = known.get(asked) ?? find.get(asked) ?? Number(add.run(asked).lastInsertRowid);
        known.set(asked, id);
        return id;
      };
    },
  };
}
