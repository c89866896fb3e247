import type { Database } from 'better-sqlite3';
import { FACT_COLUMNS, type FactRow } from './facts.ts';
import { openNames } from './names.ts';
import { openState, type RollUpState } from './state.ts';
import { tallyOf, type UsageTally } from './tally.ts';
import { openWriteSums } from './write-sums.ts';

/** Rows that are added up but not yet written. */
interface Gathered {
  /** The sums as they were before the rows were read. */
  before: RollUpState;
  newest: number;
  rows: number;
  tally: UsageTally;
}

/** Brings the rows of the ledger into its sums, in batches, oldest first. */
export interface RollUp {
  /** Reads and adds up; outside of a transaction, so that nobody waits for it. Null: nothing is left. */
  gather(limit: number): Gathered | null;
  /** Inside a transaction. @returns false when others were quicker: then it is gathered anew */
  apply(gathered: Gathered): boolean;
  /** A row is about to be replaced: the sums forget it. Inside that transaction. */
  takeOff(id: string): void;
}

export function openRollUp(db: Database): RollUp {
  const state = openState(db);
  const writeSums = openWriteSums(db, openNames(db));
  const next = db.prepare<[number, number], FactRow>(
    `SELECT ${FACT_COLUMNS} FROM calls WHERE rowid > ? ORDER BY rowid LIMIT ?`,
  );
  const find = db.prepare<[string], FactRow>(`SELECT ${FACT_COLUMNS} FROM calls WHERE id = ?`);
  const move = db.prepare<Record<'newest' | 'firstAt' | 'lastAt', number>>(
    `UPDATE usage_state SET rolled_up = @newest, first_at = min(coalesce(first_at, @firstAt), @firstAt),
       last_at = max(coalesce(last_at, @lastAt), @lastAt) WHERE one = 1`,
  );
  const replaced = db.prepare('UPDATE usage_state SET replaced = replaced + 1 WHERE one = 1');
  return {
    gather(limit) {
      const before = state();
      const rows = next.all(before.rolledUp, limit);
      const newest = rows.at(-1)?.row;
      if (newest === undefined) return null;
      return { before, newest, rows: rows.length, tally: tallyOf(rows) };
    },
    apply({ before, newest, tally }) {
      const now = state();
      if (now.rolledUp !== before.rolledUp || now.replaced !== before.replaced) return false;
      writeSums(tally, 1);
      move.run({ newest, firstAt: tally.firstAt, lastAt: tally.lastAt });
      return true;
    },
    takeOff(id) {
      const row = find.get(id);
      if (row && row.row <= state().rolledUp) writeSums(tallyOf([row]), -1);
      replaced.run();
    },
  };
}
