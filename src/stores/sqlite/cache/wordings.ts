import type { Database } from 'better-sqlite3';
import type { Alias, Found, Source } from '../../cache-port.ts';
import { ENTRY_COLUMNS, FROM_ENTRIES, toEntry, type EntryRow } from './rows.ts';

/** Which wording leads to which entry, and which must not. Writing is for inside a transaction. */
export interface Wordings {
  find(scope: string, canon: string): Found['alias'];
  /** Whether the wording may be served the entry. */
  isDenied(row: number, canon: string): boolean;
  /** How many entries are denied to the wording. */
  denials(scope: string, canon: string): number;
  addAlias(alias: Omit<Alias, 'entry'> & { row: number; scopeId: number }): void;
  deny(alias: Omit<Alias, 'entry'> & { row: number; scopeId: number; at: number }): void;
}

export function openWordings(db: Database): Wordings {
  const find = db.prepare<[string, string], EntryRow & { text: string; source: Source }>(
    `SELECT ${ENTRY_COLUMNS}, a.text, a.source FROM ${FROM_ENTRIES}
       JOIN cache_aliases a ON a.entry = e.id
     WHERE a.scope = (SELECT id FROM cache_scopes WHERE hash = ?) AND a.canon = ? AND e.quarantined = 0`,
  );
  const denied = db.prepare<[number, string], object>(
    `SELECT 1 FROM cache_negatives n JOIN cache_entries e ON e.id = n.entry
     WHERE n.entry = ? AND n.canon = ? AND n.scope = e.scope`,
  );
  const denials = db.prepare<[string, string], { n: number }>(
    `SELECT count(*) AS n FROM cache_negatives
     WHERE scope = (SELECT id FROM cache_scopes WHERE hash = ?) AND canon = ?`,
  );
  const addAlias = db.prepare(
    'INSERT OR REPLACE INTO cache_aliases (scope, canon, entry, text, source) VALUES (@scopeId, @canon, @row, @text, @source)',
  );
  const dropAlias = db.prepare(
    'DELETE FROM cache_aliases WHERE scope = @scopeId AND canon = @canon AND entry = @row',
  );
  const addNegative = db.prepare(
    'INSERT OR REPLACE INTO cache_negatives (scope, canon, entry, text, source, at) VALUES (@scopeId, @canon, @row, @text, @source, @at)',
  );
  return {
    find(scope, canon) {
      const row = find.get(scope, canon);
      if (!row || denied.get(row.row, canon)) return null;
      const { text, source, ...entry } = row;
      return { entry: toEntry(entry), text, source };
    },
    isDenied: (row, canon) => denied.get(row, canon) !== undefined,
    denials: (scope, canon) => denials.get(scope, canon)?.n ?? 0,
    addAlias: (alias) => void addAlias.run(alias),
    deny(alias) {
      dropAlias.run(alias);
      addNegative.run(alias);
    },
  };
}
