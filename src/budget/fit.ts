import type { WorstUse, Purchase } from '../core/call/hold.ts';
import type { Plan } from '../core/call/plan.ts';
import { amountNeeded, mostOutput, type Room } from './amounts.ts';
import type { Answered } from './answered.ts';
import type { Rule } from './rule.ts';

/** Needs of an attempt: the most it can take, and the most it is likely to. */
export type Needs = Pick<Purchase, 'need' | 'likely'>;

/** Needs of a plan's first attempt: the most it can take, and the most it is likely to. */
export function needsOf(plan: Plan): Needs {
  const estimate = plan.estimate();
  const { maxOutputTokens: outputTokens } = estimate;
  return {
    need: {
      promptTokens: estimate.mostInputTokens,
      outputTokens,
      nanoUsd: estimate.worstNanoUsd,
    },
    likely: {
      promptTokens: estimate.highInputTokens,
      outputTokens,
      nanoUsd: estimate.highNanoUsd,
    },
  };
}

/** Room that a rule must have before a call begins. */
export const leastNeed = ({ overrun }: Rule, { need, likely }: Needs): WorstUse =>
  overrun === 'finish' ? likely : need;

/** Whether a plan would fit as the budgets stood when they were asked. */
export const fits = (plan: Plan, answered: Answered): boolean =>
  longest(plan, answered) >= plan.estimate().maxOutputTokens;

/**
 * The longest answer that would fit, tokens; null where that is no shorter than planned, or so short
 * that a usual answer would be truncated: paid for, and of no use.
 */
export function shorterThatFits(plan: Plan, answered: Answered): number | null {
  const { outputTokens, maxOutputTokens } = plan.estimate();
  const most = longest(plan, answered);
  return most >= outputTokens && most < maxOutputTokens ? most : null;
}

/** The longest answer for which every budget has room now, tokens; below 0 where not even the prompt fits. */
function longest(plan: Plan, { metered, standings }: Answered): number {
  const lengths = metered.map(({ rule }, index) => {
    const standing = standings[index];
    const left = standing ? rule.limit - standing.used - standing.held : rule.limit;
    const { prompt, nanoUsdPerOutputToken } = pricesFor(rule, plan);
    if (amountNeeded(rule, [], prompt) > left) return -1;
    return mostOutput(rule, [], { prompt, nanoUsdPerOutputToken, amount: left });
  });
  return Math.min(Infinity, ...lengths);
}

/** Prompt and answer apart, as far as a rule wants to be sure of them. */
function pricesFor({ overrun }: Rule, plan: Plan): Omit<Room, 'amount'> {
  const estimate = plan.estimate();
  const isSure = overrun !== 'finish';
  const nanoUsd = isSure ? estimate.worstPromptNanoUsd : estimate.highPromptNanoUsd;
  const all = isSure ? estimate.worstNanoUsd : estimate.highNanoUsd;
  return {
    prompt: {
      promptTokens: isSure ? estimate.mostInputTokens : estimate.highInputTokens,
      outputTokens: 0,
      nanoUsd,
    },
    // Prices may be finer than nano-dollars: rounded up, so that what seems to fit does.
    nanoUsdPerOutputToken: Math.ceil((all - nanoUsd) / estimate.maxOutputTokens),
  };
}
