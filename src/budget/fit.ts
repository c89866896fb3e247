import type { Need } from '../call/hold.ts';
import type { Plan } from '../call/plan.ts';
import { amountNeeded, mostOutput } from './amounts.ts';
import type { Answered } from './hold.ts';

/** What the first attempt of a plan may take at the worst. */
export function needOf(plan: Plan): Need {
  const { highInputTokens, maxOutputTokens, worstNanoUsd } = plan.estimate();
  return { promptTokens: highInputTokens, outputTokens: maxOutputTokens, nanoUsd: worstNanoUsd };
}

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
  const { highInputTokens, maxOutputTokens, worstNanoUsd, worstPromptNanoUsd } = plan.estimate();
  const prompt: Need = {
    promptTokens: highInputTokens,
    outputTokens: 0,
    nanoUsd: worstPromptNanoUsd,
  };
  const nanoUsdPerOutputToken = (worstNanoUsd - worstPromptNanoUsd) / maxOutputTokens;
  const lengths = metered.map(({ rule }, index) => {
    const standing = standings[index];
    const left = standing ? rule.limit - standing.used - standing.held : rule.limit;
    if (amountNeeded(rule, [], prompt) > left) return -1;
    return mostOutput(rule, [], {
      prompt,
      nanoUsdPerOutputToken,
      amount: left,
    });
  });
  return Math.min(Infinity, ...lengths);
}
