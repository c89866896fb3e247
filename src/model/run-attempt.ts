import type { AttemptRecord } from '../core/call/call.ts';
import type { Hold } from '../core/call/hold.ts';
import type { Estimate } from '../core/call/plan.ts';
import type { TimeLimits } from '../core/call/time-limits.ts';
import type { Code } from '../errors/codes.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import { sendAttempt, type AttemptResult } from './send-attempt.ts';
import type { AttemptPass, AttemptVerdict } from './breaker/pass.ts';
import type { Breakers } from './breaker/breakers.ts';
import type { Estimator } from './estimate/estimator.ts';
import type { ExpectedPrompt } from './attempt-usage.ts';
import type { Observer } from './read-stream.ts';
import type { PriceList } from './prices.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { ModelRequest, Provider } from './provider.ts';
import { toPurchase } from './to-purchase.ts';
import type { Slot } from './queue/queue.ts';
import type { Queues } from './queue/queues.ts';

/** Parts on the model's side that all calls of the process share. */
export interface ModelParts {
  providerOf: (model: string) => Provider;
  prices: PriceList;
  estimator: Estimator;
  breakers: Breakers;
  queues: Queues;
  promptCache: PromptCache;
  /** Most attempts that a call may make. */
  mostAttempts: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Numbers in [0, 1). */
  random: () => number;
}

/** The caller, and how to reach it. */
export interface Caller {
  principal: string;
  purpose: AttemptRecord['purpose'];
  /** Hold to pay for its attempts; null where nobody has to. */
  hold: Hold | null;
  timeLimits: TimeLimits;
  /** When the call needs its answer, milliseconds since the epoch. */
  endBy: number;
  signal: AbortSignal;
  /** Awaited, so that a slow reader slows the model down. */
  onText: (text: string) => void | Promise<void>;
  onQueue: (waiting: { model: string; position: number }) => void;
}

export interface AttemptRequest {
  request: ModelRequest;
  reason: string;
  estimate: Estimate;
}

/** An attempt that was made, or why none could be. */
export type RunResult = AttemptResult | { record: null; problem: ProblemError };

/** One attempt at one model: through its queue, past its breaker; both learn how it went. */
export async function runAttempt(
  parts: ModelParts,
  caller: Caller,
  ask: AttemptRequest,
): Promise<RunResult> {
  const { model } = ask.request;
  const breaker = parts.breakers.of(model);
  let slot: Slot;
  try {
    slot = await takeSlot(parts, caller, ask);
  } catch (error) {
    return { record: null, problem: toProblem(error) };
  }
  const pass = breaker.enter();
  if (pass === null) return giveBack(slot, breakerOpen(parts, model));
  const purchase = toPurchase(parts, ask, caller.purpose);
  const unpaid = await caller.hold?.buy(purchase);
  if (unpaid) {
    pass.end({ verdict: 'void', tokensPerSecond: null });
    return giveBack(slot, unpaid);
  }
  const { providerOf, prices, estimator, promptCache, now } = parts;
  const { prefix } = ask.estimate;
  const prompt = expectedPrompt(ask.estimate, promptCache.isWarm(prefix));
  promptCache.sent(prefix);
  const result = await sendAttempt(
    { provider: providerOf(model), prices, estimator, now },
    {
      ...ask,
      ...caller,
      purchase,
      prompt,
      limits: caller.timeLimits,
      observer: observe(slot, pass, (tokens) => {
        if (ask.request.repair === null) estimator.seen({ model, sent: ask.estimate.sent, tokens });
      }),
    },
  );
  conclude(result, { slot, pass });
  if (ask.request.repair === null && result.record.reached !== 'not_sent') {
    result.record.sent = ask.estimate.sent;
  }
  estimator.learn(result.record);
  if (result.record.usage.source === 'provider') promptCache.counted(prefix, result.record.usage);
  return result;
}

/** Queue and breaker learn how it went. */
function conclude(
  { problem: failure, record, tokensPerSecond, limits }: AttemptResult,
  { slot, pass }: { slot: Slot; pass: AttemptPass },
): void {
  if (failure?.code === 'model_rate_limited') {
    slot.refused(failure.details.retryAfterMs ?? null);
    // Of failures only this one speaks of limits: what a model that is down says must not let a
    // crowd in that its breaker is about to stop. Silence on limits is no news either.
    if (Object.keys(limits).length > 0) slot.limitsReceived(limits);
  }
  if (record.reached === 'not_sent') slot.unsent();
  pass.end({
    verdict: verdictOn(failure),
    tokensPerSecond,
    outputTokens: record.usage.output,
    ...(failure && { why: failure.code }),
  });
  // After the breaker knows: whoever gets the place must find it as this attempt left it.
  slot.leave();
}

/** A place that was not made use of. */
function giveBack(slot: Slot, why: ProblemError): RunResult {
  slot.unsent();
  slot.leave();
  return { record: null, problem: why };
}

/** The provider's expected count of the prompt, given what its cache should have. */
function expectedPrompt(
  { inputTokens, prefix, cacheSystem }: Estimate,
  isWarm: boolean,
): ExpectedPrompt {
  const cached = cacheSystem === null ? 0 : Math.min(prefix.tokens, inputTokens);
  const write = isWarm ? 0 : cached;
  return {
    input: inputTokens - cached,
    cache_read: isWarm ? cached : 0,
    cache_write_5m: cacheSystem === '5m' ? write : 0,
    cache_write_1h: cacheSystem === '1h' ? write : 0,
  };
}

function takeSlot(
  parts: ModelParts,
  caller: Caller,
  { request, estimate }: AttemptRequest,
): Promise<Slot> {
  const { model } = request;
  return parts.queues.of(model).enter({
    principal: caller.principal,
    inputTokens: estimate.inputTokens,
    outputTokens: estimate.outputTokens,
    startBy: caller.endBy - usualMs(parts, model, estimate.outputTokens),
    signal: caller.signal,
    onPosition: (position) => {
      caller.onQueue({ model, position });
    },
  });
}

/** Usual duration of an answer of so many tokens, milliseconds; 0 while nothing is known. */
function usualMs({ breakers }: ModelParts, model: string, outputTokens: number): number {
  const { firstTokenMs, tokensPerSecond } = breakers.of(model).status();
  const writingMs = tokensPerSecond === null ? 0 : (outputTokens / tokensPerSecond) * 1000;
  return (firstTokenMs ?? 0) + writingMs;
}

const observe = (
  slot: Slot,
  pass: AttemptPass,
  onCount: (promptTokens: number) => void,
): Observer => ({
  began: (limits, counts) => {
    const { input = 0, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0 } = counts;
    onCount(input + cache_read + cache_write_5m + cache_write_1h);
    slot.limitsReceived(limits);
    // Tokens read from the provider's cache do not count toward its limits.
    slot.counted(input + cache_write_5m + cache_write_1h);
  },
  firstToken: (ms) => {
    pass.firstToken(ms);
  },
  silent: (ms) => {
    pass.waited(ms);
  },
});

/** The problem of a model that is not asked at all. */
export function breakerOpen({ breakers, now }: ModelParts, model: string): ProblemError {
  const { reason, retryAtMs } = breakers.of(model).status();
  return problem('model_unavailable', {
    detail: `${model} is not asked at the moment: ${reason ?? 'a probe is under way'}.`,
    ...(retryAtMs !== null && { retryAfterMs: Math.max(1, Math.ceil(retryAtMs - now())) }),
  });
}

/** Failures that speak against the model itself. */
const VERDICTS: Partial<Record<Code, AttemptVerdict>> = {
  model_unavailable: 'failed',
  model_stream_broken: 'failed',
  model_timeout: 'slow',
  // It answered, though not as wished: it lives.
  model_refused: 'ok',
  output_truncated: 'ok',
};

/** Failures that are ours, the caller's or a limit's say nothing about the health of a model. */
const verdictOn = (failure: ProblemError | null): AttemptVerdict =>
  failure === null ? 'ok' : (VERDICTS[failure.code] ?? 'void');
