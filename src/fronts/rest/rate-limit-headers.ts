import { serializeList, type Item } from 'structured-headers';
import type { BudgetState } from '../../../schemas/wire/budget.ts';
import type { Problem } from '../../../schemas/wire/problem.ts';

/**
 * Lengths of windows in seconds. A day may have 23 or 25 hours and a month 28 to 31 days: these are
 * the usual ones, `t` of the other header is exact.
 */
const LENGTHS_S = {
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
} as const;

/** Structured fields know whole numbers only, and no money: dollars are said in millionths. */
const UNITS = { tokens: 'tokens', requests: 'requests', usd: 'micro-usd' } as const;

/** The largest integer of structured fields (RFC 9651). */
const LARGEST = 999_999_999_999_999;

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11) of budgets, in the order
 * given: limit `q`, window `w` in seconds, remaining `r`, and `t` seconds to the reset.
 * No headers where nothing is limited.
 * @param now milliseconds since the epoch
 */
export function rateLimitHeaders(
  states: readonly BudgetState[],
  now: number,
): Record<string, string> {
  if (states.length === 0) return {};
  const policies = states.map(({ budget, unit, window, limit }) =>
    item(budget, { q: inUnit(unit, limit), w: LENGTHS_S[window], 'tollgate-unit': UNITS[unit] }),
  );
  const limits = states.map(({ budget, unit, remaining, resets_at: resetsAt }) => {
    const seconds = Math.max(1, Math.ceil((Date.parse(resetsAt) - now) / 1000));
    return item(budget, { r: inUnit(unit, remaining), t: seconds });
  });
  return { 'ratelimit-policy': serializeList(policies), ratelimit: serializeList(limits) };
}

const item = (name: string, parameters: Record<string, string | number>): Item => [
  name,
  new Map(Object.entries(parameters)),
];

/**
 * Those that refuse come before the others, which stay tightest first: who reads the first one only
 * must not take a budget that would pay for the one that `Retry-After` is about.
 * @param limits of the problem, most final first
 */
export function refusingFirst(
  states: readonly BudgetState[],
  limits: Problem['limits'] = [],
): BudgetState[] {
  const names = limits.map(({ budget }) => budget);
  const refusing = names.flatMap((name) => states.find(({ budget }) => budget === name) ?? []);
  return [...refusing, ...states.filter(({ budget }) => !names.includes(budget))];
}

/** Weights make parts of tokens. Rounded down: nobody is promised more than there is. */
const inUnit = (unit: BudgetState['unit'], amount: number): number =>
  Math.min(LARGEST, unit === 'usd' ? toMicroUsd(amount) : Math.floor(amount));

/** By way of the integer that it is inside: 2.01 * 1e6 is a little less than 2010000. */
function toMicroUsd(usd: number): number {
  const nanoUsd = Math.round(usd * 1e9);
  return (nanoUsd - (nanoUsd % 1000)) / 1000;
}
