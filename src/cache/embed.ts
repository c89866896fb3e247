import type { AttemptRecord } from '../core/call/attempt-record.ts';
import type { Call } from '../core/call/call.ts';
import { NO_USAGE } from '../core/call/usage.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { Embedder } from './embedders/embedder.ts';

export interface EmbedParts {
  embedder: Embedder;
  /** Time that a call waits for its embedding, milliseconds: late is a miss. */
  withinMs: number;
  now: () => number;
}

/**
 * Vectors of texts, bought from the budgets of the call where they cost something.
 * @throws ProblemError when no budget pays for it; else whatever the embedder throws, or a time-out
 */
export async function embedFor(
  { embedder, withinMs, now }: EmbedParts,
  call: Call,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(withinMs)]);
  const worst = worstOf(embedder, texts);
  if (worst === null) return (await embedder.embed(texts, signal)).vectors;
  const lost = toRecord(worst, { tokens: worst.tokens, latencyMs: 0 });
  const need = { promptTokens: worst.tokens, outputTokens: 0, nanoUsd: worst.nanoUsd };
  const unpaid = await call.hold?.buy({
    model: worst.model,
    need,
    likely: need,
    lost: { ...lost, outcome: 'lost', errorCode: 'process_lost', doubts: ['never_ended'] },
  });
  if (unpaid) throw unpaid;
  const startedAt = now();
  try {
    const { vectors, tokens } = await embedder.embed(texts, signal);
    const doubts = doubtsOf(tokens, worst);
    const counted = doubts.length === 0 && tokens !== null ? tokens : worst.tokens;
    const took = { tokens: counted, latencyMs: now() - startedAt };
    call.meta.attempts.push(toRecord(worst, took, doubts));
    return vectors;
  } catch (error) {
    // It may have been counted and billed all the same.
    const took = { tokens: worst.tokens, latencyMs: now() - startedAt };
    const { code } = toProblem(error);
    call.meta.attempts.push({ ...toRecord(worst, took), outcome: 'failed', errorCode: code });
    throw error;
  }
}

/** No text has more tokens than was reserved for it, and none has no token. */
function doubtsOf(tokens: number | null, worst: Worst): AttemptRecord['doubts'] {
  if (tokens === null) return ['input_missing'];
  if (tokens > worst.tokens) return ['input_above_limit'];
  return tokens === 0 ? ['input_zero'] : [];
}

type Worst = NonNullable<ReturnType<Embedder['worst']>>;

function worstOf(embedder: Embedder, texts: readonly string[]): Worst | null {
  const each = texts.map((text) => embedder.worst(text));
  const [first] = each;
  if (!first) return null;
  const tokens = each.reduce((sum, one) => sum + (one?.tokens ?? 0), 0);
  return { ...first, tokens, nanoUsd: Math.ceil(tokens * first.nanoUsdPerToken) };
}

const toRecord = (
  { model, nanoUsdPerToken }: Worst,
  { tokens, latencyMs }: { tokens: number; latencyMs: number },
  doubts: AttemptRecord['doubts'] = ['input_missing'],
): AttemptRecord => ({
  model,
  purpose: 'embed',
  outcome: 'ok',
  errorCode: null,
  reason: 'Embeds the question, to find kept ones that are near it.',
  reached: 'unknown',
  requestId: null,
  usage: { ...NO_USAGE, input: tokens, source: doubts.length === 0 ? 'provider' : 'estimated' },
  costNanoUsd: Math.ceil(tokens * nanoUsdPerToken),
  priceId: null,
  promptCacheSavedNanoUsd: 0,
  answeredBy: null,
  doubts,
  estimate: null,
  ttftMs: null,
  latencyMs,
});
