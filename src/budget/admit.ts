import type { Bearer } from '../core/services/budgets.ts';
import type { Plan } from '../core/call/plan.ts';
import type { LlmTool, Planner } from '../core/tool/define-tool.ts';
import type { BudgetStore } from '../stores/ports/store.ts';
import { needsOf } from './fit.ts';
import { openHold, type OpenHold } from './hold.ts';
import type { WaitingLines } from './waiting-line.ts';
import { fitToBudget, type Try } from './fit-strategies.ts';
import { refusalOf } from './refusal.ts';
import type { Metered } from './rule.ts';
import { tightestFirst, toStates } from './states.ts';
import { suggestions, type Applicant } from './suggestions.ts';

export interface AdmitParts {
  store: BudgetStore;
  /** The budgets that limit a call now. */
  rulesFor: (bearer: Bearer) => Promise<readonly Metered[]>;
  planner: Planner;
  leaseUntil: () => number;
  /** Settles the holds of dead processes. @returns how many there were */
  sweep: () => Promise<number>;
  lines: WaitingLines;
  now: () => number;
}

export interface Admitted {
  hold: OpenHold;
  /** Narrowed where the call had to be made to fit. */
  plan: Plan;
}

/**
 * Reserve what the call's first attempt can take at the most on every budget that matches, or on none. What
 * does not fit is treated as the budgets that stand in the way say: refused at once if one of them
 * wants that, else made shorter, else cheaper, else it waits.
 * @throws ProblemError budget_spent, budget_too_small, rate_limited, budget_held
 */
export async function admit(parts: AdmitParts, { call, tool, plan }: Applicant): Promise<Admitted> {
  const hold = openHold({
    ...parts,
    call,
    refusal: (answered) => refusalOf(answered, { now: parts.now() }),
  });
  // Before anything is reserved, so that whatever becomes of the call, it is settled.
  call.meta.settlement = hold;
  const attempt = async (tried: Plan): Promise<Try> => {
    const rules = await parts.rulesFor({ ...call, tool: tool.name });
    const metered = rules.map((each) => settled(each, tool));
    const answered = await hold.reserve(metered, needsOf(tried));
    return { answered, plan: tried };
  };
  const first = await swept(parts, () => attempt(plan));
  const { got, fitted } = first.answered.held
    ? { got: first, fitted: null }
    : await fitToBudget({ ...parts, call, tool, attempt }, first);
  call.meta.budget = {
    fitted,
    limits: tightestFirst(toStates(got.answered.metered, got.answered.standings)),
  };
  if (fitted?.how === 'downgraded') call.meta.degraded = true;
  if (got.answered.held) return { hold, plan: got.plan };
  const ways = await suggestions(parts.planner, { call, tool, plan }, got.answered);
  throw refusalOf(got.answered, { now: parts.now(), ways });
}

/** Fill what a budget leaves open as the tool declares. */
const settled = (metered: Metered, { policy }: LlmTool): Metered => ({
  ...metered,
  rule: { ...metered.rule, overrun: metered.rule.overrun ?? policy.budget.overrun },
});

/** Nobody is refused over what a dead process holds. */
async function swept({ sweep }: AdmitParts, attempt: () => Promise<Try>): Promise<Try> {
  const first = await attempt();
  if (first.answered.held || (await sweep()) === 0) return first;
  return attempt();
}
