import type { AttemptRecord } from '../call/call.ts';
import type { Hold, Purchase } from '../call/hold.ts';
import type { Estimate } from '../call/plan.ts';
import type { TimeLimits } from '../call/time-limits.ts';
import type { Code } from '../errors/codes.ts';
import type { ProblemError } from '../errors/problem.ts';
import type { Estimator } from './estimate/estimator.ts';
import {
  nothingHeard,
  reachOf,
  thinkingTokens,
  usageOf,
  type ExpectedPrompt,
  type Heard,
} from './evidence.ts';
import { listen, type Observer, type Times } from './listen.ts';
import { watchOverrun } from './overrun.ts';
import type { PriceList } from './prices.ts';
import type { LimitsTold, ModelRequest, Provider } from './provider.ts';
import { watchAttempt } from './time-limits.ts';

export interface AttemptParts {
  provider: Provider;
  prices: PriceList;
  estimator: Estimator;
  now: () => number;
}

export interface AttemptAsk {
  request: ModelRequest;
  estimate: Estimate;
  /** What pays for it; null where nobody has to. */
  hold: Hold | null;
  purchase: Purchase;
  purpose: AttemptRecord['purpose'];
  /** What the provider is expected to count, should it not say. */
  prompt: ExpectedPrompt;
  reason: string;
  limits: TimeLimits;
  /** When the call needs its answer, milliseconds since the epoch. */
  endBy: number;
  signal: AbortSignal;
  observer: Observer;
  onText: (text: string) => void | Promise<void>;
}

export interface AttemptResult {
  record: AttemptRecord;
  text: string;
  /** Null when the model answered to its end. */
  problem: ProblemError | null;
  /** While it wrote, the time its reader kept it waiting left out; null where too little was written. */
  tokensPerSecond: number | null;
  /** What the response's headers said of the provider's limits. */
  limits: LimitsTold;
}

/**
 * Ask one model once. Never rejects and never outlasts its limits: whatever happens, there is a
 * record with its price. `onText` is awaited, so a slow reader slows the model down.
 */
export async function attempt(parts: AttemptParts, ask: AttemptAsk): Promise<AttemptResult> {
  const startedAt = parts.now();
  const heard = nothingHeard();
  const times: Times = { sentAt: null, firstTokenAt: null, firstTextAt: null, readerMs: 0 };
  const { model } = ask.request;
  const dog = watchAttempt({
    model,
    limits: ask.limits,
    signal: ask.signal,
    leftMs: ask.endBy - startedAt,
  });
  const replyOf = ({ text }: Heard) => parts.estimator.reply(text, model, ask.estimate.raw.content);
  const overrun = watchOverrun({
    ...parts,
    ...ask,
    written: (soFar) => replyOf(soFar).expected + thinkingTokens(soFar),
    stop: (reason) => {
      dog.abort(reason);
    },
  });
  const failure = await listen({ ...parts, ...ask, heard, times, dog, overrun });
  dog.stop();
  const endedAt = parts.now();
  const reply = replyOf(heard);
  const usage = usageOf(heard, {
    prompt: ask.prompt,
    outputTokens: reply.expected,
    hungUp: dog.signal.aborted,
  });
  const { promptCacheSavedNanoUsd, ...priced } = parts.prices.price(model, usage, startedAt);
  const record: AttemptRecord = {
    model,
    purpose: ask.purpose,
    outcome: outcomeOf(failure),
    errorCode: failure?.code ?? null,
    reason: ask.reason,
    reached: reachOf(heard),
    requestId: heard.requestId ?? failure?.details.upstream?.request_id ?? null,
    usage,
    ...priced,
    promptCacheSavedNanoUsd,
    estimate: heard.sent ? { ...ask.estimate.raw, output: reply.raw } : null,
    ttftMs: times.firstTextAt === null ? null : times.firstTextAt - startedAt,
    latencyMs: endedAt - startedAt,
  };
  const tokensPerSecond = speedOf(times, { endedAt, tokens: usage.output });
  return { record, text: heard.text, problem: failure, tokensPerSecond, limits: heard.limits };
}

const OUTCOMES: Partial<Record<Code, AttemptRecord['outcome']>> = {
  output_truncated: 'truncated',
  model_refused: 'refused',
  model_timeout: 'timeout',
  budget_cut: 'cut',
  cancelled: 'cancelled',
  deadline_exceeded: 'deadline',
};

const outcomeOf = (failure: ProblemError | null): AttemptRecord['outcome'] =>
  failure === null ? 'ok' : (OUTCOMES[failure.code] ?? 'failed');

/** Fewer tokens than this say nothing about speed. */
const TOKENS_TO_MEASURE = 20;

function speedOf(
  { firstTokenAt, readerMs }: Times,
  { endedAt, tokens }: { endedAt: number; tokens: number },
): number | null {
  if (firstTokenAt === null || tokens < TOKENS_TO_MEASURE) return null;
  const ms = endedAt - firstTokenAt - readerMs;
  return ms > 0 ? (tokens / ms) * 1000 : null;
}
