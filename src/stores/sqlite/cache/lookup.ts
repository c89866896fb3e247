import type { Database } from 'better-sqlite3';
import type { CachedAnswer, CacheMatches, Neighbour, WordingSource } from '../../ports/cache.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, IS_ALLOWED, toEntry, type EntryRow } from './rows.ts';
import type { VectorHit } from '../vectors/vectors.ts';

interface WordingKey {
  scope: string;
  canon: string;
}

/** Reading what may be served: never from another scope, in quarantine, or denied to the wording. */
export interface Lookup {
  find(asked: { scope: string; exactKey: string; canon: string | null }): CacheMatches;
  /** Of what was found near, that which still answers other wordings. */
  neighbours(hits: readonly VectorHit[], asked: WordingKey & { now: number }): Neighbour[];
  mostAsked(asked: WordingKey & { limit: number; now: number }): CachedAnswer[];
  /** Count of entries denied to the wording. */
  denials(asked: WordingKey): number;
}

export function openLookup(db: Database): Lookup {
  const sql = prepare(db);
  const denials = ({ scope, canon }: WordingKey): number => sql.denials.get(scope, canon) ?? 0;
  return {
    find({ scope, exactKey, canon }) {
      const exact = sql.exact.get(exactKey, scope, canon);
      const alias = canon === null ? undefined : sql.alias.get(canon, scope, canon);
      return { exact: exact ? toEntry(exact) : null, alias: alias ? toAlias(alias) : null };
    },
    neighbours: (hits, { scope, canon, now }) =>
      hits.flatMap(({ entry: call, similarity }) => {
        const row = sql.similar.get(call, scope, now, canon);
        return row ? [{ entry: toEntry(row), similarity }] : [];
      }),
    mostAsked: ({ scope, canon, limit, now }) =>
      sql.mostAsked.all(scope, now, limit + denials({ scope, canon }), canon, limit).map(toEntry),
    denials,
  };
}

type AliasRow = EntryRow & { text: string; source: WordingSource };

function toAlias({ text, source, ...entry }: AliasRow): CacheMatches['alias'] {
  return { entry: toEntry(entry), text, source };
}

const SCOPE = '(SELECT id FROM cache_scopes WHERE hash = ?)';

/** By place: binding by name costs as much as the search. */
function prepare(db: Database) {
  return {
    exact: db.prepare<[exactKey: string, scope: string, canon: string | null], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.exact_key = ? AND s.hash = ? AND ${IS_ALLOWED}`,
    ),
    alias: db.prepare<[canon: string, scope: string, canon: string], AliasRow>(
      `SELECT ${ENTRY_COLUMNS}, a.text, a.source
       FROM cache_scopes s JOIN cache_aliases a ON a.scope = s.id AND a.canon = ?
         JOIN cache_entries e ON e.id = a.entry AND e.scope = s.id
       WHERE s.hash = ? AND ${IS_ALLOWED}`,
    ),
    similar: db.prepare<[call: string, scope: string, now: number, canon: string], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.call = ? AND s.hash = ? AND e.similar_until > ? AND ${IS_ALLOWED}`,
    ),
    // Entries past answering other wordings are not even read: most of a scope, where that time is short.
    mostAsked: db.prepare<
      [scope: string, now: number, looked: number, canon: string, limit: number],
      EntryRow
    >(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.id IN (SELECT id FROM cache_entries WHERE scope = ${SCOPE} AND question IS NOT NULL
           AND quarantined = 0 AND similar_until > ? ORDER BY hits DESC, id LIMIT ?)
         AND ${IS_ALLOWED}
       ORDER BY e.hits DESC, e.id LIMIT ?`,
    ),
    denials: db
      .prepare<[scope: string, canon: string], number>(
        `SELECT count(*) FROM cache_negatives WHERE scope = ${SCOPE} AND canon = ?`,
      )
      .pluck(),
  };
}
