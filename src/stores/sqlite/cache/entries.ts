import type { Database } from 'better-sqlite3';
import type { NewEntry, Selection } from '../../cache-port.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, type EntryRow } from './rows.ts';
import type { Vectors } from './vectors.ts';

/** What a row takes besides its texts, bytes: columns, indexes, its wording and its vector. */
const ROW_BYTES = 2_500;
/** How many that are past their time go with one that comes. */
const FORGET_AT_ONCE = 16;

/** Entries with all that hangs on them. Everything but `find` runs inside a transaction of the writer. */
export interface Entries {
  findExact(exactKey: string): EntryRow | undefined;
  rowOf(call: string): { row: number; scope: number; quarantined: 0 | 1 } | undefined;
  /** Small number of a scope. */
  scopeId(hash: string): number;
  insert(entry: NewEntry): void;
  /** Least recently used first, until the scope is within its limits again. */
  evict(scope: string, most: { entries: number; bytes: number }): void;
  /** What is past being kept for calls that no model answers. */
  forget(now: number): void;
  quarantine(row: number): void;
  /** A wording must no more be served an entry: what processes remember ends. */
  denied(): void;
  purge(selection: Selection): number;
}

export function openEntries(db: Database, vectors: Vectors): Entries {
  const sql = prepare(db);

  const scopeId = (hash: string): number => {
    sql.addScope.run(hash);
    return sql.scope.get(hash)?.id ?? 0;
  };

  const remove = (row: number): void => {
    const gone = sql.remove.get(row);
    if (!gone) return;
    sql.count.run({ scope: gone.scope, entries: -1, bytes: -gone.bytes });
    for (const each of sql.removeParts) each.run(row);
    vectors.remove(row, gone.scope);
    sql.nextGeneration.run();
  };

  /** What was learnt of an answer holds for the newer one in its place. */
  const replace = (exactKey: string): { inherit: (row: number) => void } => {
    const old = sql.byKey.get(exactKey);
    if (!old) return { inherit: () => undefined };
    const aliases = sql.learntAliases.all(old.id);
    const negatives = sql.negatives.all(old.id);
    remove(old.id);
    return {
      inherit(row) {
        for (const alias of aliases) sql.addAlias.run({ ...alias, entry: row });
        for (const negative of negatives) sql.addNegative.run({ ...negative, entry: row });
      },
    };
  };

  return {
    findExact: (exactKey) => sql.exact.get(exactKey),
    rowOf: (call) => sql.rowOf.get(call),
    scopeId,

    insert(entry) {
      const scope = scopeId(entry.scope);
      const { inherit } = replace(entry.exactKey);
      const bytes = ROW_BYTES + entry.output.length + 3 * (entry.question?.length ?? 0);
      const usage = JSON.stringify(entry.usage);
      const { tags, ...columns } = entry;
      const row = Number(sql.insert.run({ ...columns, scope, usage, bytes }).lastInsertRowid);
      sql.count.run({ scope, entries: 1, bytes });
      for (const tag of new Set(tags)) sql.addTag.run(tag, row);
      inherit(row);
      if (entry.canon === null || entry.question === null) return;
      const wording = { scope, canon: entry.canon, text: entry.question, entry: row };
      sql.addOwnAlias.run({ ...wording, now: entry.createdAt });
    },

    evict(hash, most) {
      const scope = scopeId(hash);
      for (;;) {
        const size = sql.size.get(scope);
        if (!size || size.entries <= 1) return;
        if (size.entries <= most.entries && size.bytes <= most.bytes) return;
        const oldest = sql.oldest.get(scope);
        if (!oldest) return;
        remove(oldest.id);
      }
    },

    forget(now) {
      for (const { id } of sql.past.all(now, FORGET_AT_ONCE)) remove(id);
      sql.forgetUses.run(now - USES_MS);
    },

    quarantine(row) {
      sql.quarantine.run(row);
      vectors.remove(row);
      sql.nextGeneration.run();
    },

    denied: () => void sql.nextGeneration.run(),

    purge(selection) {
      const { where, values } = toWhere(selection);
      const rows = db.prepare<unknown[], { id: number }>(
        `SELECT id FROM cache_entries e WHERE ${where}`,
      );
      const found = rows.all(...values);
      for (const { id } of found) remove(id);
      return found.length;
    },
  };
}

/** How long a caller may say that an answer was wrong, milliseconds. */
const USES_MS = 30 * 86_400_000;

function prepare(db: Database) {
  return {
    exact: db.prepare<[string], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES} WHERE e.exact_key = ? AND e.quarantined = 0`,
    ),
    rowOf: db.prepare<[string], { row: number; scope: number; quarantined: 0 | 1 }>(
      'SELECT id AS row, scope, quarantined FROM cache_entries WHERE call = ?',
    ),
    addScope: db.prepare('INSERT OR IGNORE INTO cache_scopes (hash) VALUES (?)'),
    scope: db.prepare<[string], { id: number }>('SELECT id FROM cache_scopes WHERE hash = ?'),
    size: db.prepare<[number], { entries: number; bytes: number }>(
      'SELECT entries, bytes FROM cache_scopes WHERE id = ?',
    ),
    count: db.prepare(
      'UPDATE cache_scopes SET entries = entries + @entries, bytes = bytes + @bytes WHERE id = @scope',
    ),
    byKey: db.prepare<[string], { id: number }>('SELECT id FROM cache_entries WHERE exact_key = ?'),
    insert: db.prepare(
      `INSERT INTO cache_entries (call, scope, exact_key, tool, prompt, tenant, model, question, canon, output, usage,
         cost_nano_usd, created_at, exact_until, similar_until, stale_until, last_used_at, bytes)
       VALUES (@id, @scope, @exactKey, @tool, @prompt, @tenant, @model, @question, @canon, @output, @usage,
         @costNanoUsd, @createdAt, @exactUntil, @similarUntil, @staleUntil, @createdAt, @bytes)`,
    ),
    remove: db.prepare<[number], { scope: number; bytes: number }>(
      'DELETE FROM cache_entries WHERE id = ? RETURNING scope, bytes',
    ),
    removeParts: ['cache_aliases', 'cache_negatives', 'cache_tags', 'cache_uses'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE entry = ?`),
    ),
    oldest: db.prepare<[number], { id: number }>(
      'SELECT id FROM cache_entries WHERE scope = ? ORDER BY last_used_at, id LIMIT 1',
    ),
    past: db.prepare<[number, number], { id: number }>(
      'SELECT id FROM cache_entries WHERE stale_until <= ? LIMIT ?',
    ),
    forgetUses: db.prepare('DELETE FROM cache_uses WHERE at < ?'),
    quarantine: db.prepare('UPDATE cache_entries SET quarantined = 1 WHERE id = ?'),
    learntAliases: db.prepare<[number], object>(
      "SELECT scope, canon, text, source FROM cache_aliases WHERE entry = ? AND source <> 'own'",
    ),
    negatives: db.prepare<[number], object>(
      'SELECT scope, canon, text, source, at FROM cache_negatives WHERE entry = ?',
    ),
    addAlias: db.prepare(
      'INSERT OR REPLACE INTO cache_aliases (scope, canon, entry, text, source) VALUES (@scope, @canon, @entry, @text, @source)',
    ),
    // A wording that leads to an entry that is still good keeps leading to that one.
    addOwnAlias: db.prepare(
      `INSERT INTO cache_aliases (scope, canon, entry, text, source) VALUES (@scope, @canon, @entry, @text, 'own')
       ON CONFLICT (scope, canon) DO UPDATE SET entry = excluded.entry, text = excluded.text, source = 'own'
       WHERE NOT EXISTS (SELECT 1 FROM cache_entries e
         WHERE e.id = cache_aliases.entry AND e.quarantined = 0 AND e.similar_until > @now)`,
    ),
    addNegative: db.prepare(
      'INSERT OR REPLACE INTO cache_negatives (scope, canon, entry, text, source, at) VALUES (@scope, @canon, @entry, @text, @source, @at)',
    ),
    addTag: db.prepare('INSERT OR IGNORE INTO cache_tags (tag, entry) VALUES (?, ?)'),
    nextGeneration: db.prepare('UPDATE cache_generation SET value = value + 1'),
  };
}

/** Every condition that is given; none at all selects nothing. */
function toWhere({ entry, tool, prompt, tag, tenant, all }: Selection): {
  where: string;
  values: unknown[];
} {
  const conditions: [string, unknown[]][] = [];
  if (entry !== undefined) conditions.push(['e.call = ?', [entry]]);
  if (tool !== undefined) conditions.push(['e.tool = ?', [tool]]);
  if (prompt !== undefined)
    conditions.push([
      "(e.prompt = ? OR substr(e.prompt, 1, length(?) + 1) = ? || '@')",
      [prompt, prompt, prompt],
    ]);
  if (tag !== undefined)
    conditions.push(['e.id IN (SELECT entry FROM cache_tags WHERE tag = ?)', [tag]]);
  if (tenant !== undefined) conditions.push(['e.tenant = ?', [tenant]]);
  if (all) conditions.push(['1', []]);
  if (conditions.length === 0) return { where: '0', values: [] };
  return {
    where: conditions.map(([condition]) => condition).join(' AND '),
    values: conditions.flatMap(([, values]) => values),
  };
}
