import type {
  Budget,
  BudgetEvent,
  BudgetSettings,
  BudgetState,
} from '../../../schemas/wire/budget.ts';
import type { Labels } from '../call/labels.ts';
import type { Principal } from '../call/principal.ts';

/** The bearer of budgets: a call counts on all that match it. */
export interface Bearer {
  principal: Principal;
  labels: Labels;
  tool: string | null;
}

/** Managing budgets, and looking at them: for fronts, the command line and function tools. */
export interface Budgets {
  /** State of every budget that limits the bearer, tightest first. Without a tool: those of any tool too. */
  states(bearer: Bearer): Promise<BudgetState[]>;
  /** Every budget in force, by name. */
  list(): Promise<Budget[]>;
  /**
   * Make one, or change it; effective at once, in every process. What is used stays used, but with
   * another scope, unit or window it counts something else and starts anew.
   * @throws ProblemError budget_declared when the settings declare one of this name
   */
  set(name: string, settings: BudgetSettings): Promise<Budget>;
  /** @throws ProblemError unknown_budget; budget_declared */
  remove(name: string): Promise<void>;
  /**
   * Start the present window anew, for one or for all it is counted for; the ledger keeps what was spent.
   * @throws ProblemError unknown_budget
   */
  reset(name: string, of: string | null): Promise<void>;
  /** Thresholds that were passed, newest first. */
  events(query: { limit: number; budget?: string | undefined }): Promise<BudgetEvent[]>;
}
