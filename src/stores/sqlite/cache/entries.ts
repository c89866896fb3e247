import type { Database } from 'better-sqlite3';
import type { NewCachedAnswer } from '../../ports/cache.ts';
import type { Gone } from '../vectors/messages.ts';
import { openRemoval, type Removal } from './removal.ts';
import { openScopes, type Scopes } from './scopes.ts';
import type { Vectors } from '../vectors/vectors.ts';

/** Size of a row besides its texts, bytes: columns, indexes, its wording and its vector. */
const ROW_BYTES = 2_500;
/** Most entries past their time that go as one comes. */
const FORGET_AT_ONCE = 16;
/** The same of those that are too many, as after a limit was lowered: all others wait meanwhile. */
const EVICT_AT_ONCE = 128;

export interface ScopeLimits {
  entries: number;
  bytes: number;
}

/** Place of an entry, by the id of its call. */
export interface EntryPlace {
  row: number;
  scope: number;
  similarUntil: number;
  quarantined: 0 | 1;
}

/** Entries with all that hangs on them. Everything but `find` is for inside a transaction of the writer. */
export interface Entries {
  find(call: string): EntryPlace | undefined;
  /** @returns what went: one with the same exact key, those past being kept, those above the limits */
  keep(entry: NewCachedAnswer, most: ScopeLimits): Gone[];
  quarantine(place: Gone): void;
  /** A wording must no more be served an entry: what processes remember ends. */
  denied(): void;
  /** @returns those that were still there */
  remove(rows: readonly number[]): Gone[];
}

export function openEntries(db: Database, vectors: Vectors): Entries {
  const sql = prepare(db);
  const scopes = openScopes(db);
  const inheritance = openInheritance(db);
  const removal = openRemoval(db, { scopes, vectors });
  const evict = openEviction(db, { scopes, removal });

  /** Passes what was learnt of an answer on to the newer one. */
  const replace = (exactKey: string) => {
    const old = sql.byKey.get(exactKey);
    if (!old) return { gone: [], learnt: null };
    const learnt = inheritance.of(old.row);
    return { gone: removal.remove([old.row]), learnt };
  };

  const insert = (entry: NewCachedAnswer): Gone[] => {
    const scope = scopes.make(entry.scope);
    const { gone, learnt } = replace(entry.exactKey);
    const bytes = bytesOf(entry);
    const { tags, ...columns } = entry;
    const usage = JSON.stringify(entry.usage);
    const row = Number(sql.insert.run({ ...columns, scope, usage, bytes }).lastInsertRowid);
    scopes.count({ scope, entries: 1, bytes });
    for (const tag of new Set(tags)) sql.addTag.run(tag, row);
    if (learnt) inheritance.pass(learnt, { row, scope, canon: entry.canon });
    if (entry.canon !== null && entry.question !== null) {
      const wording = { scope, canon: entry.canon, text: entry.question, row };
      sql.addOwnAlias.run({ ...wording, now: entry.createdAt });
    }
    return gone;
  };

  return {
    find: (call) => sql.place.get(call),
    keep: (entry, most) => [
      ...removal.forget(entry.createdAt, FORGET_AT_ONCE),
      ...insert(entry),
      ...evict(scopes.make(entry.scope), most),
    ],
    quarantine({ row, scope }) {
      sql.quarantine.run(row);
      vectors.remove(row, scope);
      removal.nextGeneration();
    },
    denied() {
      removal.nextGeneration();
    },
    remove(rows) {
      const gone = removal.remove(rows);
      for (const scope of new Set(gone.map((each) => each.scope))) scopes.dropIfEmpty(scope);
      return gone;
    },
  };
}

/** A question is there as such, as a wording, and as its key. */
const bytesOf = ({ output, question }: NewCachedAnswer): number =>
  ROW_BYTES + Buffer.byteLength(output) + 3 * Buffer.byteLength(question ?? '');

/** Least recently used first, until the scope is within its limits again. */
function openEviction(
  db: Database,
  { scopes, removal }: { scopes: Scopes; removal: Removal },
): (scope: number, most: ScopeLimits) => Gone[] {
  const oldest = db
    .prepare<[number], number>(
      'SELECT id FROM cache_entries WHERE scope = ? ORDER BY last_used_at, id LIMIT 1',
    )
    .pluck();
  return (scope, most) => {
    const gone: Gone[] = [];
    while (gone.length < EVICT_AT_ONCE) {
      const { entries, bytes } = scopes.size(scope);
      const isWithin = entries <= most.entries && bytes <= most.bytes;
      // The last one stays, be it alone too large: it is what was just asked for.
      const row = entries <= 1 || isWithin ? undefined : oldest.get(scope);
      if (row === undefined) break;
      gone.push(...removal.remove([row]));
    }
    return gone;
  };
}

function prepare(db: Database) {
  return {
    place: db.prepare<[string], EntryPlace>(
      `SELECT id AS row, scope, similar_until AS similarUntil, quarantined
       FROM cache_entries WHERE call = ?`,
    ),
    byKey: db.prepare<[string], { row: number }>(
      'SELECT id AS row FROM cache_entries WHERE exact_key = ?',
    ),
    insert: db.prepare(
      `INSERT INTO cache_entries (call, scope, exact_key, tool, prompt, tenant, model, question, canon,
         output, usage, cost_nano_usd, created_at, exact_until, similar_until, stale_until, last_used_at, bytes)
       VALUES (@id, @scope, @exactKey, @tool, @prompt, @tenant, @model, @question, @canon,
         @output, @usage, @costNanoUsd, @createdAt, @exactUntil, @similarUntil, @staleUntil, @createdAt, @bytes)`,
    ),
    quarantine: db.prepare('UPDATE cache_entries SET quarantined = 1 WHERE id = ?'),
    // A wording that leads to an entry that is still good keeps leading to that one.
    addOwnAlias: db.prepare(
      `INSERT INTO cache_aliases (scope, canon, entry, text, source) VALUES (@scope, @canon, @row, @text, 'own')
       ON CONFLICT (scope, canon) DO UPDATE SET entry = excluded.entry, text = excluded.text, source = 'own'
       WHERE NOT EXISTS (SELECT 1 FROM cache_entries e
         WHERE e.id = cache_aliases.entry AND e.quarantined = 0 AND e.similar_until > @now)`,
    ),
    addTag: db.prepare('INSERT OR IGNORE INTO cache_tags (tag, entry) VALUES (?, ?)'),
  };
}

/** Inheritance from an entry to the newer answer to its input. */
interface Learnt {
  aliases: object[];
  negatives: { canon: string }[];
}

function openInheritance(db: Database) {
  const aliases = db.prepare<[number], object>(
    "SELECT canon, text, source FROM cache_aliases WHERE entry = ? AND source <> 'own'",
  );
  const negatives = db.prepare<[number], { canon: string }>(
    'SELECT canon, text, source, at FROM cache_negatives WHERE entry = ?',
  );
  const addAlias = db.prepare(
    'INSERT OR REPLACE INTO cache_aliases (scope, canon, entry, text, source) VALUES (@scope, @canon, @row, @text, @source)',
  );
  const addNegative = db.prepare(
    'INSERT OR REPLACE INTO cache_negatives (scope, canon, entry, text, source, at) VALUES (@scope, @canon, @row, @text, @source, @at)',
  );
  return {
    of: (row: number): Learnt => ({ aliases: aliases.all(row), negatives: negatives.all(row) }),
    pass(
      { aliases, negatives }: Learnt,
      { canon, ...heir }: { row: number; scope: number; canon: string | null },
    ): void {
      for (const alias of aliases) addAlias.run({ ...alias, ...heir });
      // That its own wording was denied it speaks against the old answer, not against the question.
      for (const negative of negatives)
        if (negative.canon !== canon) addNegative.run({ ...negative, ...heir });
    },
  };
}
