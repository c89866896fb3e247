import type { Database } from 'better-sqlite3';
import type { LedgerExtent } from './cover.ts';

/** Progress of the sums. */
export interface RollUpState extends LedgerExtent {
  /** The newest row that is in the sums. */
  rolledUp: number;
  /** Count of rows replaced by another. */
  replaced: number;
}

const EMPTY: RollUpState = { rolledUp: 0, replaced: 0, firstAt: null, lastAt: null };

export function openState(db: Database): () => RollUpState {
  const read = db.prepare<[], RollUpState>(
    `SELECT rolled_up AS rolledUp, replaced, first_at AS firstAt, last_at AS lastAt
     FROM usage_state WHERE one = 1`,
  );
  return () => read.get() ?? EMPTY;
}

/** Number of the newest row of the ledger; 0 where there is none. */
export function openNewest(db: Database): () => number {
  const newest = db.prepare<[], number>('SELECT coalesce(max(rowid), 0) FROM calls').pluck();
  return () => newest.get() ?? 0;
}
