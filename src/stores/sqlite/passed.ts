import type { Database } from 'better-sqlite3';
import type { BudgetStore, PassedThreshold } from '../ports/store.ts';

const PASSED = `
  SELECT at, budget, subject, counts, window_start AS windowStart, percent, unit, unit_limit AS "limit",
    used, call AS callId
  FROM budget_events`;
const NEWEST_FIRST = 'ORDER BY at DESC, percent DESC LIMIT @limit';

export type Passed = (query: Parameters<BudgetStore['passed']>[0]) => PassedThreshold[];

/** Thresholds that budgets passed. */
export function openPassed(db: Database): Passed {
  const all = db.prepare<{ limit: number }, PassedThreshold>(`${PASSED} ${NEWEST_FIRST}`);
  const of = db.prepare<{ limit: number; budget: string }, PassedThreshold>(
    `${PASSED} WHERE patient() AND budget = @budget ${NEWEST_FIRST}`,
  );
  return ({ limit, budget }) =>
    budget === undefined ? all.all({ limit }) : of.all({ limit, budget });
}
