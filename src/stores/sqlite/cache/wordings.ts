import type { Database } from 'better-sqlite3';
import type { Alias } from '../../ports/cache.ts';

/** A wording and the row of an entry of the same scope. */
export type Wording = Pick<Alias, 'canon' | 'text' | 'source'> & { row: number; scope: number };

/** Wordings that lead to an entry, and that must not. For inside a transaction. */
export interface Wordings {
  /** Nothing happens where it is denied: what is never served must not take another's place. */
  add(wording: Wording): void;
  deny(wording: Wording & { at: number }): void;
}

export function openWordings(db: Database): Wordings {
  const add = db.prepare(
    `INSERT OR REPLACE INTO cache_aliases (scope, canon, entry, text, source)
     SELECT @scope, @canon, @row, @text, @source WHERE NOT EXISTS (
       SELECT 1 FROM cache_negatives WHERE scope = @scope AND canon = @canon AND entry = @row)`,
  );
  const drop = db.prepare(
    'DELETE FROM cache_aliases WHERE scope = @scope AND canon = @canon AND entry = @row',
  );
  const deny = db.prepare(
    `INSERT OR REPLACE INTO cache_negatives (scope, canon, entry, text, source, at)
     VALUES (@scope, @canon, @row, @text, @source, @at)`,
  );
  return {
    add: (wording) => void add.run(wording),
    deny(wording) {
      drop.run(wording);
      deny.run(wording);
    },
  };
}
