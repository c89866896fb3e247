import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import type { GetBudgetOutput } from '../../../schemas/tools/get-budget.ts';
import type { UsageQuery, UsageReport } from '../../../schemas/tools/get-usage.ts';

/** The calls to list. */
export interface CallsQuery {
  limit: number;
  /** The id after which to go on, from an earlier page. */
  before?: string | undefined;
  tool?: string | undefined;
  finish?: WireCallMeta['finish'] | undefined;
}

/** Reading the ledger as one viewer may: its own calls, or as an admin all. */
export interface LedgerQueries {
  /** @throws ProblemError unknown_call */
  call(id: string): Promise<WireCallMeta>;
  /** Newest first; `next` is the `before` of the following page, null at the end. */
  calls(query: CallsQuery): Promise<{ calls: WireCallMeta[]; next: string | null }>;
  /** @throws ProblemError invalid_input when `from` is not before `to` */
  usage(query: UsageQuery): Promise<UsageReport>;
  /** Spending of the viewer today and this month; reads sums, not calls. */
  spent(): Promise<GetBudgetOutput['spent']>;
}
