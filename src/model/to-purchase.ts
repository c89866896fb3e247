import type { AttemptRecord } from '../core/call/attempt-record.ts';
import type { Purchase } from '../core/call/hold.ts';
import type { Estimate } from '../core/call/plan.ts';
import { dearestPrice, type PriceList } from './prices.ts';

/** An attempt that is about to be made. */
interface Wanted {
  request: { model: string };
  reason: string;
  estimate: Estimate;
}

/** Need of the attempt, and its record in the ledger should it never be heard of again. */
export function toPurchase(
  { prices, now }: { prices: PriceList; now: () => number },
  { request, reason, estimate }: Wanted,
  purpose: AttemptRecord['purpose'],
): Purchase {
  const { model } = request;
  const { highInputTokens, mostInputTokens, maxOutputTokens: outputTokens, raw } = estimate;
  const priceOf = (promptTokens: number): ReturnType<typeof dearestPrice> =>
    dearestPrice(prices, { ...estimate, model, promptTokens, outputTokens, at: now() });
  const { usage, ...priced } = priceOf(mostInputTokens);
  const lost: AttemptRecord = {
    model,
    purpose,
    outcome: 'lost',
    errorCode: 'process_lost',
    reason,
    reached: 'unknown',
    requestId: null,
    usage: { ...usage, source: 'estimated' },
    ...priced,
    answeredBy: null,
    doubts: ['never_ended'],
    estimate: { ...raw, output: 0 },
    ttftMs: null,
    latencyMs: 0,
  };
  return {
    model,
    need: { promptTokens: mostInputTokens, outputTokens, nanoUsd: priced.costNanoUsd },
    likely: {
      promptTokens: highInputTokens,
      outputTokens,
      nanoUsd: priceOf(highInputTokens).costNanoUsd,
    },
    lost,
  };
}
