import type { Bearer } from '../call/budgets.ts';
import type { Plan } from '../call/plan.ts';
import type { Planner } from '../call/tool.ts';
import type { BudgetBook } from '../stores/ports.ts';
import { needOf } from './fit.ts';
import { openHold, type OpenHold } from './hold.ts';
import type { Lines } from './lines.ts';
import { makeFit, type Try } from './make-fit.ts';
import { refusalOf } from './refusal.ts';
import type { Metered } from './rule.ts';
import { tightestFirst, toStates } from './states.ts';
import { waysOut, type Applicant } from './ways-out.ts';

export interface AdmitParts {
  book: BudgetBook;
  /** The budgets that limit a call now. */
  rulesFor: (bearer: Bearer) => Promise<readonly Metered[]>;
  planner: Planner;
  leaseUntil: () => number;
  /** Settles the holds of dead processes. @returns how many there were */
  sweep: () => Promise<number>;
  lines: Lines;
  now: () => number;
}

export interface Admitted {
  hold: OpenHold;
  /** Narrowed where the call had to be made to fit. */
  plan: Plan;
}

/**
 * Reserve the worst case of the call's first attempt on every budget that matches, or on none. What
 * does not fit is treated as the budgets that stand in the way say: refused at once if one of them
 * wants that, else made shorter, else cheaper, else it waits.
 * @throws ProblemError budget_spent, budget_too_small, rate_limited, budget_held
 */
export async function admit(parts: AdmitParts, { call, tool, plan }: Applicant): Promise<Admitted> {
  const hold = openHold({
    ...parts,
    call,
    cuts: ({ rule }) => (rule.overrun ?? tool.policy.budget.overrun) === 'cut',
    refusal: (answered) => refusalOf(answered, { now: parts.now() }),
  });
  // Before anything is reserved, so that whatever becomes of the call, it is settled.
  call.meta.settlement = hold;
  const attempt = async (tried: Plan): Promise<Try> => {
    const metered = await parts.rulesFor({ ...call, tool: tool.name });
    const answered = await hold.reserve(metered, needOf(tried));
    return { answered, plan: tried };
  };
  const first = await swept(parts, () => attempt(plan));
  const { got, fitted } = first.answered.held
    ? { got: first, fitted: null }
    : await makeFit({ ...parts, call, tool, attempt }, first);
  call.meta.budget = {
    fitted,
    limits: tightestFirst(toStates(got.answered.metered, got.answered.standings)),
  };
  if (fitted?.how === 'downgraded') call.meta.degraded = true;
  if (got.answered.held) return { hold, plan: got.plan };
  const ways = await waysOut(parts.planner, { call, tool, plan }, got.answered);
  throw refusalOf(got.answered, { now: parts.now(), ways });
}

/** Nobody is refused over what a dead process holds. */
async function swept({ sweep }: AdmitParts, attempt: () => Promise<Try>): Promise<Try> {
  const first = await attempt();
  if (first.answered.held || (await sweep()) === 0) return first;
  return attempt();
}
