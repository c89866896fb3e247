import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { CacheStore } from '../../ports/cache.ts';
import { answer } from '../answer.ts';
import { prepareOnce } from './prepared.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, toEntry, type EntryRow } from '../cache/rows.ts';
import type { Vectors } from './vectors.ts';

/** So many entries are looked at by one who asks: all of a large scope would keep others waiting. */
const LOOKED = 256;
/** Scopes of which is remembered how far they were looked through. */
const MOST_SCOPES = 5_000;

/** Entries without a vector, in the order in which they came; where all have theirs is not looked again. */
export function openGaps(
  db: Database,
  vectors: Pick<Vectors, 'tableOf' | 'trouble'>,
): CacheStore['withoutVector'] {
  const scopeOf = db
    .prepare<[string], number>('SELECT id FROM cache_scopes WHERE hash = ?')
    .pluck();
  const entryOf = db.prepare<[number], EntryRow>(
    `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES} WHERE e.id = ?`,
  );
  const looked = prepareOnce((table: string) => db.prepare<unknown[], GapRow>(lookedSql(table)));
  const complete = new LRUCache<string, number>({ max: MOST_SCOPES });

  return ({ scope: hash, index, limit, now }) =>
    answer(() => {
      const scope = scopeOf.get(hash);
      if (vectors.trouble !== null || scope === undefined) return [];
      const name = `${String(scope)} ${index}`;
      const after = complete.get(name) ?? 0;
      const rows = looked(vectors.tableOf(index)?.table ?? '').all({ scope, after, now });
      const first = rows.findIndex(({ isMissing }) => isMissing === 1);
      const last = first < 0 ? rows.at(-1) : rows[first - 1];
      if (last) complete.set(name, last.row);
      return rows
        .filter(({ isMissing }) => isMissing === 1)
        .slice(0, limit)
        .flatMap(({ row }) => entryOf.all(row))
        .map(toEntry);
    });
}

interface GapRow {
  row: number;
  isMissing: 0 | 1;
}

/** @param table '' where the index has no vector at all */
const lookedSql = (table: string): string => `
  SELECT e.id AS row, e.similar_until > @now AND e.quarantined = 0
    ${table === '' ? '' : `AND NOT EXISTS (SELECT 1 FROM ${table} v WHERE v.id = e.id)`} AS isMissing
  FROM cache_entries e WHERE e.scope = @scope AND e.question IS NOT NULL AND e.id > @after
  ORDER BY e.id LIMIT ${String(LOOKED)}`;
