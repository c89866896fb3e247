import type { Estimate, Plan } from '../core/call/plan.ts';
import { dearestPrice } from './prices.ts';
import type { ModelRequest } from './provider.ts';
import type { ModelParts } from './run-attempt.ts';

/** Words of a complaint, tokens. */
const COMPLAINT_TOKENS = 150;

/** Estimate of the next attempt at a model; a reply to be repaired is read again. */
export function estimateOf(
  { prices, estimator, now }: ModelParts,
  plan: Plan,
  { model, repair }: { model: string; repair: ModelRequest['repair'] },
): Estimate {
  const estimate = plan.estimate(model);
  if (repair === null) return estimate;
  const { raw, expected } = estimator.reply(repair.reply, model, estimate.raw.content);
  const more = expected + COMPLAINT_TOKENS;
  // Our count of a reply may be too low.
  const highMore = 2 * more;
  const mostMore = estimator.mostMore([repair.reply, repair.complaint], model);
  const priceOf = (promptTokens: number, outputTokens: number): number =>
    dearestPrice(prices, { ...estimate, model, promptTokens, outputTokens, at: now() }).costNanoUsd;
  const { maxOutputTokens } = estimate;
  const highInputTokens = estimate.highInputTokens + highMore;
  const mostInputTokens = Math.min(
    estimate.mostInputTokens + mostMore,
    prices.facts(model).contextTokens,
  );
  return {
    ...estimate,
    inputTokens: estimate.inputTokens + more,
    highInputTokens,
    mostInputTokens,
    highNanoUsd: priceOf(highInputTokens, maxOutputTokens),
    highPromptNanoUsd: priceOf(highInputTokens, 0),
    worstNanoUsd: priceOf(mostInputTokens, maxOutputTokens),
    worstPromptNanoUsd: priceOf(mostInputTokens, 0),
    raw: { ...estimate.raw, input: estimate.raw.input + raw + COMPLAINT_TOKENS },
  };
}
