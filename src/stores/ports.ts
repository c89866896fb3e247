import type { WireCallMeta } from '../../schemas/call.ts';
import type { UsageQuery, UsageSums } from '../../schemas/get-usage.ts';
import type { AttemptRecord, Call } from '../call/call.ts';
import type { CallsQuery } from '../call/books.ts';

/** Writing the ledger. */
export interface LedgerWriter {
  /** Write the row of a call that has ended. Writing the same call again changes nothing. */
  record(call: Call): Promise<void>;
}

/** `all` makes one row of everything. */
export type Grouping = UsageQuery['group_by'] | 'all';

/** Reading the ledger. Times are milliseconds since the epoch. */
export interface LedgerReader {
  get(id: string): Promise<WireCallMeta | null>;
  /** Newest first. */
  list(query: CallsQuery): Promise<WireCallMeta[]>;
  /** Attempts whose tokens the provider counted, of the newest `limit` calls, oldest first. */
  countedAttempts(limit: number): Promise<AttemptRecord[]>;
  /** Sums per key over `from <= started < to`. */
  sum(query: {
    groupBy: Grouping;
    from: number;
    to: number;
  }): Promise<({ key: string | null } & UsageSums)[]>;
}

/** A database: everything tollgate keeps, behind one door. */
export interface Store {
  ledger: LedgerWriter & LedgerReader;
  /** Null, or what is wrong with it. */
  health(): Promise<string | null>;
  close(): Promise<void>;
}
