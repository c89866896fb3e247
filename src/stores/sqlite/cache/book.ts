import type { Database } from 'better-sqlite3';
import type { CacheBook, Entry } from '../../cache-port.ts';
import { answer } from '../answer.ts';
import type { Writer } from '../writer.ts';
import { openComplaints } from './complaints.ts';
import { openEntries } from './entries.ts';
import { openEvidence } from './evidence.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, toEntry, type EntryRow } from './rows.ts';
import { openSearch } from './search.ts';
import { openUses } from './uses.ts';
import { openVectors } from './vectors.ts';
import { openViews } from './views.ts';
import { openWordings } from './wordings.ts';

/** Kept answers in SQLite, their vectors in sqlite-vec. */
export function openCacheBook(
  db: Database,
  writer: Writer,
): { book: CacheBook; close: () => Promise<void> } {
  const vectors = openVectors(db);
  const entries = openEntries(db, vectors);
  const wordings = openWordings(db);
  const uses = openUses(db, writer);
  const search = openSearch(db, vectors);
  const complain = openComplaints(db, { entries, wordings });
  const sql = prepare(db);

  const stillGood = (
    asked: { canon: string; scope: string },
    row: EntryRow | undefined,
  ): Entry[] =>
    row?.scope === asked.scope && !wordings.isDenied(row.row, asked.canon) ? [toEntry(row)] : [];

  const book: CacheBook = {
    ...openEvidence(db, writer),
    ...openViews(db),

    find: ({ scope, exactKey, canon }) =>
      answer(() => {
        const exact = entries.findExact(exactKey);
        const alias = exact || canon === null ? null : wordings.find(scope, canon);
        if (exact && canon !== null && wordings.isDenied(exact.row, canon))
          return { exact: null, alias };
        return { exact: exact ? toEntry(exact) : null, alias };
      }),

    keep: (entry, most) =>
      writer.write(() => {
        entries.forget(entry.createdAt);
        entries.insert(entry);
        entries.evict(entry.scope, most);
      }),

    used(use) {
      uses.add(use);
      return Promise.resolve();
    },

    async nearest({ canon, limit, ...asked }) {
      // What is denied takes up places among the nearest: so many more are looked for.
      const denied = wordings.denials(asked.scope, canon);
      const found = await search.nearest({ ...asked, limit: limit + denied });
      return found
        .flatMap(({ row, similarity }) =>
          stillGood({ canon, scope: asked.scope }, sql.byRow.get(row)).map((entry) => ({
            entry,
            similarity,
          })),
        )
        .slice(0, limit);
    },

    mostAsked: ({ scope, canon, limit, now }) =>
      answer(() =>
        sql.mostAsked
          .all(scope, now, limit + wordings.denials(scope, canon))
          .flatMap((row) => stillGood({ canon, scope }, row))
          .slice(0, limit),
      ),

    withoutVector: ({ scope, index, limit, now }) =>
      answer(() => {
        const table = vectors.tableOf(index)?.table;
        // Not even the first vector of a new index: all are without one.
        const missing = table === undefined ? '' : `AND e.id NOT IN (SELECT id FROM ${table})`;
        if (vectors.trouble !== null || search.isComplete(scope, index)) return [];
        const found = db
          .prepare<[string, number, number], EntryRow>(
            `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES} WHERE s.hash = ? AND e.quarantined = 0
               AND e.question IS NOT NULL AND e.similar_until > ? ${missing} LIMIT ?`,
          )
          .all(scope, now, limit);
        if (found.length === 0) search.complete(scope, index);
        return found.map(toEntry);
      }),

    addVector: ({ entry, index, values }) =>
      writer.write(() => {
        const found = sql.whole.get(entry);
        if (!found || found.quarantined === 1) return;
        const { row, scope, until } = found;
        const vector = { row, scope, until, index, values };
        vectors.add(vector);
        search.added(vector);
      }),

    addAlias: ({ entry, scope, ...alias }) =>
      writer.write(() => {
        const found = entries.rowOf(entry);
        const scopeId = entries.scopeId(scope);
        if (found?.scope !== scopeId) return;
        wordings.addAlias({ ...alias, scope, row: found.row, scopeId });
      }),

    addNegative: ({ entry, scope, ...alias }) =>
      writer.write(() => {
        const found = entries.rowOf(entry);
        const scopeId = entries.scopeId(scope);
        if (found?.scope !== scopeId) return;
        wordings.deny({ ...alias, scope, row: found.row, scopeId, at: Date.now() });
        entries.denied();
      }),

    async complain(complaint) {
      await uses.flush();
      return writer.write(() => complain(complaint));
    },

    async purge(selection) {
      await uses.flush();
      return writer.write(() => entries.purge(selection));
    },

    generation: () => answer(() => sql.generation.get()?.value ?? 0),
  };
  return {
    book,
    async close() {
      await uses.flush();
      await search.close();
    },
  };
}

function prepare(db: Database) {
  return {
    byRow: db.prepare<[number], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES} WHERE e.id = ? AND e.quarantined = 0`,
    ),
    mostAsked: db.prepare<[string, number, number], EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM ${FROM_ENTRIES} WHERE e.scope = (SELECT id FROM cache_scopes WHERE hash = ?)
         AND e.quarantined = 0 AND e.question IS NOT NULL AND e.similar_until > ? ORDER BY e.hits DESC LIMIT ?`,
    ),
    whole: db.prepare<[string], { row: number; scope: number; until: number; quarantined: 0 | 1 }>(
      'SELECT id AS row, scope, similar_until AS until, quarantined FROM cache_entries WHERE call = ?',
    ),
    generation: db.prepare<[], { value: number }>('SELECT value FROM cache_generation'),
  };
}
