import type { Database } from 'better-sqlite3';
import type {
  CacheStore,
  CacheTotals,
  Disagreement,
  EntryView,
  WordingSource,
} from '../../ports/cache.ts';
import { answer } from '../answer.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, toEntry, type EntryRow } from './rows.ts';
import { openSizes } from '../vectors/sizes.ts';
import type { Vectors } from '../vectors/vectors.ts';

type Views = Pick<CacheStore, 'inspect'>;
interface WordingView {
  text: string;
  source: WordingSource;
}
type Counters = Pick<
  EntryView,
  'canon' | 'hits' | 'savedNanoUsd' | 'lastUsedAt' | 'bytes' | 'strikes'
> & { quarantined: 0 | 1 };

/** Views of an operator. */
export function openViews(db: Database, vectors: Pick<Vectors, 'indexesOf'>): Views {
  const entry = db.prepare<[string], EntryRow & Counters & { row: number }>(
    `SELECT ${ENTRY_COLUMNS}, e.id AS row, e.canon, e.hits, e.saved_nano_usd AS savedNanoUsd, e.last_used_at AS lastUsedAt,
       e.bytes, e.strikes, e.quarantined FROM ${FROM_ENTRIES} WHERE e.call = ?`,
  );
  const tags = db.prepare<[number], { tag: string }>(
    'SELECT tag FROM cache_tags WHERE entry = ? ORDER BY tag',
  );
  const wordings = (table: string) =>
    db.prepare<[number], WordingView>(
      `SELECT text, source FROM ${table} WHERE entry = ? ORDER BY canon`,
    );
  const aliases = wordings('cache_aliases');
  const negatives = wordings('cache_negatives');
  return {
    inspect: (call) =>
      answer(() => {
        const found = entry.get(call);
        if (!found) return null;
        const { row, canon, hits, savedNanoUsd, lastUsedAt, bytes, strikes, ...own } = found;
        const { quarantined, ...columns } = own;
        return {
          ...toEntry(columns),
          canon,
          hits,
          savedNanoUsd,
          lastUsedAt,
          bytes,
          strikes,
          quarantined: quarantined === 1,
          tags: tags.all(row).map(({ tag }) => tag),
          aliases: aliases.all(row),
          negatives: negatives.all(row),
          indexes: vectors.indexesOf(row),
        };
      }),
  };
}

/** Newest first. */
export function openDisagreements(db: Database): (limit: number) => Disagreement[] {
  const disagreements = db.prepare<[number], Disagreement>(
    `SELECT e.call AS entry, e.tool, n.text AS asked, e.question AS stored, n.source, n.at
     FROM cache_negatives n JOIN cache_entries e ON e.id = n.entry
     WHERE patient() AND n.source <> 'judge' ORDER BY n.at DESC LIMIT ?`,
  );
  return (limit) => disagreements.all(limit);
}

export function openTotals(db: Database): () => CacheTotals {
  const sizes = openSizes(db);
  const count = (sql: string): number =>
    db.prepare<[], { n: number }>(`SELECT ${sql}`).get()?.n ?? 0;
  return () => ({
    vectors: sizes.counts(),
    scopes: count('count(*) AS n FROM cache_scopes WHERE entries > 0'),
    entries: count('coalesce(sum(entries), 0) AS n FROM cache_scopes'),
    bytes: count('coalesce(sum(bytes), 0) AS n FROM cache_scopes'),
    aliases: count('count(*) AS n FROM cache_aliases'),
    learntAliases: count("count(*) AS n FROM cache_aliases WHERE source <> 'own'"),
    negatives: count('count(*) AS n FROM cache_negatives'),
    quarantined: count('count(*) AS n FROM cache_entries WHERE quarantined = 1'),
  });
}
