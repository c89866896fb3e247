import type { Database } from 'better-sqlite3';

/** Scopes by their small numbers, and what is in them. Everything but `find` and `size` is for a transaction. */
export interface Scopes {
  /** Null: there is none. */
  find(hash: string): number | null;
  /** The number of the scope, which is made where there is none. */
  make(hash: string): number;
  size(scope: number): { entries: number; bytes: number };
  count(change: { scope: number; entries: number; bytes: number }): void;
  /** Without entries nothing is known of it: every version of a prompt leaves some behind. */
  dropIfEmpty(scope: number): void;
}

export function openScopes(db: Database): Scopes {
  const find = db.prepare<[string], number>('SELECT id FROM cache_scopes WHERE hash = ?').pluck();
  const add = db
    .prepare<[string], number>('INSERT INTO cache_scopes (hash) VALUES (?) RETURNING id')
    .pluck();
  const size = db.prepare<[number], { entries: number; bytes: number }>(
    'SELECT entries, bytes FROM cache_scopes WHERE id = ?',
  );
  const count = db.prepare(
    'UPDATE cache_scopes SET entries = entries + @entries, bytes = bytes + @bytes WHERE id = @scope',
  );
  const drop = db.prepare('DELETE FROM cache_scopes WHERE id = ? AND entries = 0');
  const dropSizes = db.prepare('DELETE FROM cache_index_sizes WHERE scope = ?');
  return {
    find: (hash) => find.get(hash) ?? null,
    make: (hash) => find.get(hash) ?? add.get(hash) ?? Number.NaN,
    size: (scope) => size.get(scope) ?? { entries: 0, bytes: 0 },
    count: (change) => void count.run(change),
    dropIfEmpty(scope) {
      if (drop.run(scope).changes > 0) dropSizes.run(scope);
    },
  };
}
