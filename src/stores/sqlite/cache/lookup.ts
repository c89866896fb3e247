import type { Database } from 'better-sqlite3';
import type { Entry, Found, Neighbour, Source } from '../../cache-port.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, IS_ALLOWED, toEntry, type EntryRow } from './rows.ts';
import type { Hit } from './vectors.ts';

interface Wording {
  scope: string;
  canon: string | null;
}

/** Reading what may be served: never from another scope, in quarantine, or denied to the wording. */
export interface Lookup {
  find(asked: Wording & { exactKey: string }): Found;
  /** Of what was found near, that which still answers other wordings. */
  neighbours(hits: readonly Hit[], asked: Wording & { now: number }): Neighbour[];
  mostAsked(asked: Wording & { limit: number; now: number }): Entry[];
  /** How many entries are denied to the wording. */
  denials(asked: Wording): number;
}

export function openLookup(db: Database): Lookup {
  const sql = prepare(db);
  const denials = ({ scope, canon }: Wording): number => sql.denials.get({ scope, canon }) ?? 0;
  return {
    find({ scope, exactKey, canon }) {
      const exact = sql.exact.get({ scope, exactKey, canon });
      const alias = canon === null ? undefined : sql.alias.get({ scope, canon });
      return { exact: exact ? toEntry(exact) : null, alias: alias ? toAlias(alias) : null };
    },
    neighbours: (hits, { scope, canon, now }) =>
      hits.flatMap(({ entry: call, similarity }) => {
        const row = sql.similar.get({ call, scope, canon, now });
        return row ? [{ entry: toEntry(row), similarity }] : [];
      }),
    mostAsked: ({ scope, canon, limit, now }) =>
      sql.mostAsked
        .all({ scope, canon, now, limit, looked: limit + denials({ scope, canon }) })
        .map(toEntry),
    denials,
  };
}

type AliasRow = EntryRow & { text: string; source: Source };

function toAlias({ text, source, ...entry }: AliasRow): Found['alias'] {
  return { entry: toEntry(entry), text, source };
}

const SCOPE = '(SELECT id FROM cache_scopes WHERE hash = @scope)';

function prepare(db: Database) {
  return {
    exact: db.prepare<unknown[], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.exact_key = @exactKey AND s.hash = @scope AND ${IS_ALLOWED}`,
    ),
    alias: db.prepare<unknown[], AliasRow>(
      `SELECT ${ENTRY_COLUMNS}, a.text, a.source
       FROM cache_scopes s JOIN cache_aliases a ON a.scope = s.id AND a.canon = @canon
         JOIN cache_entries e ON e.id = a.entry AND e.scope = s.id
       WHERE s.hash = @scope AND ${IS_ALLOWED}`,
    ),
    similar: db.prepare<unknown[], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.call = @call AND s.hash = @scope AND e.similar_until > @now AND ${IS_ALLOWED}`,
    ),
    // What answers no other wording any more is not even read: most of a scope, where that time is short.
    mostAsked: db.prepare<unknown[], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES}
       WHERE e.id IN (SELECT id FROM cache_entries WHERE scope = ${SCOPE} AND question IS NOT NULL
           AND quarantined = 0 AND similar_until > @now ORDER BY hits DESC, id LIMIT @looked)
         AND ${IS_ALLOWED}
       ORDER BY e.hits DESC, e.id LIMIT @limit`,
    ),
    denials: db
      .prepare<unknown[], number>(
        `SELECT count(*) FROM cache_negatives WHERE scope = ${SCOPE} AND canon = @canon`,
      )
      .pluck(),
  };
}
