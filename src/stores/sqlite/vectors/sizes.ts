import type { Database } from 'better-sqlite3';

/** Vectors that were ever added to a scope, and removed from it. */
export interface ScopeSize {
  added: number;
  removed: number;
}

export interface Sizes {
  of(index: number, scope: number): ScopeSize;
  /** Inside the transaction that adds, or removes, a vector. */
  added(index: number, scope: number): void;
  removed(index: number, scope: number): void;
  counts(): { index: string; count: number }[];
}

/**
 * Count of vectors per scope: sqlite-vec would count them one by one. Both figures only grow, so a
 * thread that holds a copy sees by them that another process has changed something.
 */
export function openSizes(db: Database): Sizes {
  const find = db.prepare<[number, number], ScopeSize>(
    'SELECT added, removed FROM cache_index_sizes WHERE idx = ? AND scope = ?',
  );
  const bump = (column: keyof ScopeSize) =>
    db.prepare(
      `INSERT INTO cache_index_sizes (idx, scope, ${column}) VALUES (?, ?, 1)
       ON CONFLICT (idx, scope) DO UPDATE SET ${column} = ${column} + 1`,
    );
  const [add, remove] = [bump('added'), bump('removed')];
  const counts = db.prepare<[], { index: string; count: number }>(
    `SELECT i.name AS "index", coalesce(sum(z.added - z.removed), 0) AS count
     FROM cache_indexes i LEFT JOIN cache_index_sizes z ON z.idx = i.id GROUP BY i.id ORDER BY i.id`,
  );
  return {
    of: (index, scope) => find.get(index, scope) ?? { added: 0, removed: 0 },
    added: (index, scope) => void add.run(index, scope),
    removed: (index, scope) => void remove.run(index, scope),
    counts: () => counts.all(),
  };
}
