import type { Database } from 'better-sqlite3';
import type { Gone } from '../vectors/messages.ts';
import type { Scopes } from './scopes.ts';
import type { Vectors } from '../vectors/vectors.ts';

/** Time for a caller to say that an answer was wrong, milliseconds. */
const USES_MS = 30 * 86_400_000;
/** Uses that are past that time and go with an entry that comes: there are more of them than of entries. */
const FORGET_USES_AT_ONCE = 256;

/** Takes entries away with all that hangs on them. For inside a transaction. */
export interface Removal {
  /** @returns those that were still there */
  remove(rows: readonly number[]): Gone[];
  /** Of what is past its time, so many entries, and uses. */
  forget(now: number, atOnce: number): Gone[];
  /** Ends what processes remember. */
  nextGeneration(): void;
}

export function openRemoval(
  db: Database,
  { scopes, vectors }: { scopes: Scopes; vectors: Vectors },
): Removal {
  const sql = prepare(db);

  const removeOne = (row: number): Gone[] => {
    const gone = sql.drop.get(row);
    if (!gone) return [];
    const { call, scope, bytes } = gone;
    scopes.count({ scope, entries: -1, bytes: -bytes });
    sql.dropOwnComplaint.run(call);
    for (const each of sql.dropParts) each.run(row);
    vectors.remove(row, scope);
    return [{ row, scope }];
  };

  const remove = (rows: readonly number[]): Gone[] => {
    const gone = rows.flatMap(removeOne);
    if (gone.length > 0) sql.bump.run();
    return gone;
  };

  return {
    remove,
    forget(now, atOnce) {
      for (const each of sql.forgetUses) each.run(now - USES_MS, FORGET_USES_AT_ONCE);
      const gone = remove(sql.past.all(now, atOnce));
      for (const scope of new Set(gone.map((each) => each.scope))) scopes.dropIfEmpty(scope);
      return gone;
    },
    nextGeneration: () => void sql.bump.run(),
  };
}

function prepare(db: Database) {
  const pastUses = 'SELECT call FROM cache_uses WHERE at < ? ORDER BY at LIMIT ?';
  return {
    drop: db.prepare<[number], { call: string; scope: number; bytes: number }>(
      'DELETE FROM cache_entries WHERE id = ? RETURNING call, scope, bytes',
    ),
    // By the call that made the entry, and by those that used it.
    dropOwnComplaint: db.prepare('DELETE FROM cache_complaints WHERE call = ?'),
    dropParts: [
      'DELETE FROM cache_complaints WHERE call IN (SELECT call FROM cache_uses WHERE entry = ?)',
      ...['cache_aliases', 'cache_negatives', 'cache_tags', 'cache_uses'].map(
        (table) => `DELETE FROM ${table} WHERE entry = ?`,
      ),
    ].map((sql) => db.prepare<[number]>(sql)),
    past: db
      .prepare<[number, number], number>(
        'SELECT id FROM cache_entries WHERE stale_until <= ? LIMIT ?',
      )
      .pluck(),
    forgetUses: ['cache_complaints', 'cache_uses'].map((table) =>
      db.prepare<[number, number]>(`DELETE FROM ${table} WHERE call IN (${pastUses})`),
    ),
    bump: db.prepare('UPDATE cache_generation SET value = value + 1'),
  };
}
