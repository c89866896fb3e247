import type { AttemptRecord } from '../core/call/attempt-record.ts';
import type { Claim, WorstUse, Recount } from '../core/call/hold.ts';
import { amountNeeded, amountUsed, mostOutput } from './amounts.ts';
import { leastNeed, type Needs } from './fit.ts';
import type { Answered } from './answered.ts';
import { toClaim } from './meters.ts';
import type { Metered } from './rule.ts';

type Attempts = readonly AttemptRecord[];

interface Bought {
  need: WorstUse;
  /** Its record if it is never heard of again; null: nothing is under way. */
  lost: AttemptRecord | null;
}

/** Claims of all that one more attempt can take. */
export const surely = (
  metered: readonly Metered[],
  attempts: Attempts,
  { need, lost }: Bought,
): Claim[] =>
  metered.map((each) =>
    toClaim(each, {
      amount: amountNeeded(each.rule, attempts, need),
      charge: lost === null ? 0 : amountUsed(each.rule, [...attempts, lost]),
      mayPass: 0,
    }),
  );

/** The smallest claims with which one more attempt may begin: in words, what it needs. */
export const leastClaims = (
  metered: readonly Metered[],
  attempts: Attempts,
  needs: Needs,
): Claim[] =>
  metered.map((each) => {
    const amount = amountNeeded(each.rule, attempts, leastNeed(each.rule, needs));
    const most = amountNeeded(each.rule, attempts, needs.need);
    return toClaim(each, { amount, charge: 0, mayPass: most - amount });
  });

/** Claims raised to all that nobody else uses or holds, never below what is held. */
export const asMuchAsIsLeft = (
  { metered, claims, standings }: Omit<Answered, 'held'>,
  held: readonly Claim[],
): Claim[] =>
  claims.map((claim, index) => {
    const standing = standings[index];
    const own = held[index]?.amount ?? 0;
    if (!standing) return claim;
    const left = claim.limit - standing.used - (standing.held - own);
    const amount = Math.max(own, Math.min(claim.amount, left));
    const finishes = metered[index]?.rule.overrun === 'finish';
    return { ...claim, amount, mayPass: finishes ? Math.max(0, claim.amount - amount) : 0 };
  });

/** Whether claims are enough to begin with, and none would be the second that may pass its limit. */
export const isEnough = (
  claims: readonly Claim[],
  least: readonly Claim[],
  { standings, held }: Pick<Answered, 'standings'> & { held: readonly Claim[] },
): boolean =>
  claims.every(({ amount, mayPass }, index) => {
    const others = (standings[index]?.mayPass ?? 0) - (held[index]?.mayPass ?? 0);
    return amount >= (least[index]?.amount ?? 0) && (mayPass === 0 || others === 0);
  });

/** The most tokens that the running attempt may write within its claims; Infinity where nothing cuts it. */
export function mostWritten(
  metered: readonly Metered[],
  claims: readonly Claim[],
  { attempts, counted }: { attempts: Attempts; counted: Recount },
): number {
  const { prompt, nanoUsdPerOutputToken } = counted;
  const tokens = metered.map(({ rule }, index) => {
    if (rule.overrun === 'finish') return Infinity;
    const amount = claims[index]?.amount ?? 0;
    return mostOutput(rule, attempts, { prompt, nanoUsdPerOutputToken, amount });
  });
  return Math.min(Infinity, ...tokens);
}

/** The running attempt as it is lost if it is cut at so many tokens. */
export function shortened(
  { lost, prompt, nanoUsdPerOutputToken }: Recount,
  tokens: number,
): AttemptRecord {
  if (tokens >= lost.usage.output) return lost;
  return {
    ...lost,
    usage: { ...lost.usage, output: tokens },
    costNanoUsd: prompt.nanoUsd + tokens * nanoUsdPerOutputToken,
  };
}
