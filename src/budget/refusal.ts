import type { NextAction, Problem } from '../../schemas/wire/problem.ts';
import type { Claim, Standing } from '../core/call/hold.ts';
import type { Code } from '../errors/codes.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import type { Answered } from './answered.ts';
import { toWireAmount, type Metered } from './rule.ts';
import { toState } from './states.ts';

/** Why a call does not fit a budget, the most final first. */
const CODES = ['budget_too_small', 'budget_spent', 'rate_limited', 'budget_held'] as const;
type Why = (typeof CODES)[number];

/** One budget that does not pay for the call. */
export interface ExceededBudget {
  metered: Metered;
  claim: Claim;
  standing: Standing;
  why: Why;
}

/** Windows whose end is worth waiting for in a program. */
const SHORT: ReadonlySet<string> = new Set(['minute', 'hour']);

/** The budgets that stand in the way of what was claimed, the most final first. */
export function exceededBudgets({ metered, claims, standings }: Answered): ExceededBudget[] {
  const found = metered.flatMap((each, index) => {
    const [claim, standing] = [claims[index], standings[index]];
    if (!claim || !standing) return [];
    const why = whyNot(each, claim, standing);
    return why === null ? [] : [{ metered: each, claim, standing, why }];
  });
  return found.sort((a, b) => CODES.indexOf(a.why) - CODES.indexOf(b.why));
}

function whyNot(
  { rule }: Metered,
  { amount, mayPass }: Claim,
  { used, held, mayPass: others }: Standing,
): Why | null {
  if (used + held + amount + mayPass <= rule.limit) return null;
  // It seems to fit, but a call is running that may still take more than it seems.
  if (used + held + amount <= rule.limit) return mayPass > 0 && others > 0 ? 'budget_held' : null;
  if (amount > rule.limit) return 'budget_too_small';
  if (used + amount <= rule.limit) return 'budget_held';
  return SHORT.has(rule.window) ? 'rate_limited' : 'budget_spent';
}

/** Holds settle within seconds, and mostly far below what was held. */
const HELD_MS = 1_000;

const askOwner: NextAction = {
  action: 'ask_owner',
  why: 'Whoever runs this tollgate can raise the budget; do not retry',
};

/**
 * The problem of a call that does not fit.
 * @param ways what would fit now, best first
 */
export function refusalOf(
  answered: Answered,
  { now, ways = [] }: { now: number; ways?: readonly NextAction[] },
): ProblemError {
  const exceeded = exceededBudgets(answered);
  const [first] = exceeded;
  if (!first) {
    const detail = 'A budget has just changed: try again.';
    return problem('budget_held', { detail, retryAfterMs: HELD_MS });
  }
  const retryAfterMs = waitMs(first.why, exceeded, now);
  return problem(first.why satisfies Code, {
    detail: inWords(first),
    limits: exceeded.map(toLimit),
    ...(retryAfterMs !== null && { retryAfterMs }),
    nextActions: [...ways, ...afterwards(first)],
  });
}

function waitMs(why: Why, exceeded: readonly ExceededBudget[], now: number): number | null {
  if (why === 'budget_held') return HELD_MS;
  if (why !== 'rate_limited') return null;
  const resets = exceeded
    .filter((each) => each.why === why)
    .map(({ metered }) => metered.window.end);
  return Math.max(1, Math.max(...resets) - now);
}

const retryAfter = (because: string): NextAction => ({
  action: 'retry_after_delay',
  why: `${because}: wait \`retry_after_ms\` and send the same call`,
});

/** Actions left when nothing fits now. */
function afterwards({ why, metered }: ExceededBudget): NextAction[] {
  if (why === 'budget_too_small') return [askOwner];
  if (why === 'budget_held') return [retryAfter('Running calls hold more than they will use')];
  const resetsAt = new Date(metered.window.end).toISOString();
  if (why === 'rate_limited') return [retryAfter(`The budget starts anew at ${resetsAt}`)];
  const wait: NextAction = {
    action: 'wait_until_reset',
    why: `The budget starts anew at ${resetsAt}; before that the same call is refused again`,
    params: { resets_at: resetsAt },
  };
  return [wait, askOwner];
}

function inWords({ metered, claim, standing, why }: ExceededBudget): string {
  const { rule, subject, window } = metered;
  const say = (amount: number): string => `${String(toWireAmount(rule, amount))} ${rule.unit}`;
  const whose = subject === '' ? shared(rule) : `${rule.scope} ${subject}`;
  const name = `The budget "${rule.name}" (${whose}, ${say(rule.limit)} per ${rule.window})`;
  const needs = `the call may need ${say(claim.amount)}`;
  if (why === 'budget_too_small') return `${name} is too small: ${needs}.`;
  const left = say(Math.max(0, rule.limit - standing.used - standing.held));
  const state = `${say(standing.used)} are used, ${say(standing.held)} held, ${left} left`;
  return `${name} does not pay for it: ${needs}; ${state} until ${new Date(window.end).toISOString()}.`;
}

/** Calls that share a meter because they name nobody. */
const shared = ({ scope }: Metered['rule']): string =>
  scope === 'all' ? 'all calls' : `calls without a ${scope}`;

function toLimit({ metered, standing }: ExceededBudget): NonNullable<Problem['limits']>[number] {
  const { budget, unit, limit, used, held, remaining, resets_at } = toState(metered, standing);
  return { budget, unit, limit, used, held, remaining, resets_at };
}
