import type { Claim, Standing } from '../core/call/hold.ts';
import type { Metered } from './rule.ts';

/** Answer to a claim of all budgets at once. */
export interface Answered {
  held: boolean;
  metered: readonly Metered[];
  claims: readonly Claim[];
  standings: readonly Standing[];
}
