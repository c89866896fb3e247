import type { Doubt } from '../../schemas/wire/call.ts';
import type { AttemptRecord } from '../core/call/call.ts';
import type { Hold, Purchase } from '../core/call/hold.ts';
import type { Estimate } from '../core/call/plan.ts';
import type { TimeLimits } from '../core/call/time-limits.ts';
import type { Code } from '../errors/codes.ts';
import type { ProblemError } from '../errors/problem.ts';
import type { Estimator } from './estimate/estimator.ts';
import {
  nothingReceived,
  reachOf,
  thinkingTokens,
  usageOf,
  type ExpectedPrompt,
  type ReceivedSoFar,
  type MostTokens,
} from './attempt-usage.ts';
import { readStream, type Observer, type Times } from './read-stream.ts';
import { watchOverrun } from './overrun.ts';
import type { Priced, PriceList } from './prices.ts';
import type { RateLimits, ModelRequest, Provider } from './provider.ts';
import { buildSteadyClock } from './steady-clock.ts';
import { watchAttempt } from './time-limits.ts';

export interface AttemptParts {
  provider: Provider;
  prices: PriceList;
  estimator: Estimator;
  now: () => number;
}

export interface AttemptInput {
  request: ModelRequest;
  estimate: Estimate;
  /** Hold to pay for it; null where nobody has to. */
  hold: Hold | null;
  purchase: Purchase;
  purpose: AttemptRecord['purpose'];
  /** Count expected of the provider, should it not say. */
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
  /** The provider's limits by the response's headers. */
  limits: RateLimits;
}

/**
 * Ask one model once. Never rejects and never outlasts its limits: whatever happens, there is a
 * record with its price. `onText` is awaited, so a slow reader slows the model down.
 */
export async function sendAttempt(parts: AttemptParts, ask: AttemptInput): Promise<AttemptResult> {
  // Durations of a clock that is set back would be below zero.
  const clock = buildSteadyClock(parts.now);
  const now = (): number => clock.now();
  const startedAt = now();
  const received = nothingReceived();
  const times: Times = { sentAt: null, firstTokenAt: null, firstTextAt: null, readerMs: 0 };
  const { model } = ask.request;
  const { limits, signal } = ask;
  const watchdog = watchAttempt({ model, limits, signal, leftMs: ask.endBy - startedAt });
  const replyOf = ({ text }: ReceivedSoFar) =>
    parts.estimator.reply(text, model, ask.estimate.raw.content);
  const most = mostOf(parts.prices, ask.request);
  const overrun = watchOverrun({
    ...parts,
    ...ask,
    written: (soFar) => replyOf(soFar).expected + thinkingTokens(soFar),
    stop: (reason) => {
      watchdog.abort(reason);
    },
  });
  const heard = { now, received, times, watchdog, overrun, most };
  const failure = await readStream({ ...parts, ...ask, ...heard });
  watchdog.stop();
  const endedAt = now();
  const reply = replyOf(received);
  const hungUp = watchdog.signal.aborted;
  const told = { prompt: ask.prompt, outputTokens: reply.expected, most, hungUp };
  const { usage, doubts } = usageOf(received, told);
  const bill = billOf(parts.prices, { model, received, usage, startedAt });
  const record: AttemptRecord = {
    model,
    purpose: ask.purpose,
    ...endOf(failure, received),
    reason: ask.reason,
    usage,
    ...bill.priced,
    answeredBy: received.answeredBy,
    doubts: [...doubts, ...bill.doubts],
    estimate: received.sent ? { ...ask.estimate.raw, output: reply.raw } : null,
    ttftMs: times.firstTextAt === null ? null : times.firstTextAt - startedAt,
    latencyMs: endedAt - startedAt,
  };
  const tokensPerSecond = speedOf(times, { endedAt, tokens: usage.output });
  return {
    record,
    text: received.text,
    problem: failure,
    tokensPerSecond,
    limits: received.limits,
  };
}

const mostOf = (prices: PriceList, { model, maxOutputTokens }: ModelRequest): MostTokens => ({
  prompt: prices.facts(model).contextTokens,
  output: maxOutputTokens,
});

/** The price is that of the model that answered, where it has one. */
function billOf(
  prices: PriceList,
  { model, received, usage, startedAt }: Billed,
): { priced: Priced; doubts: Doubt[] } {
  const { answeredBy } = received;
  const isKnown = answeredBy !== null && prices.knows(answeredBy);
  const priced = prices.price(isKnown ? answeredBy : model, usage, startedAt);
  return { priced, doubts: answeredBy === null || isKnown ? [] : ['unknown_model'] };
}

interface Billed {
  /** The one that was asked. */
  model: string;
  received: ReceivedSoFar;
  usage: AttemptRecord['usage'];
  startedAt: number;
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

const endOf = (failure: ProblemError | null, received: ReceivedSoFar) => ({
  outcome: outcomeOf(failure),
  errorCode: failure?.code ?? null,
  reached: reachOf(received),
  requestId: received.requestId ?? failure?.details.upstream?.request_id ?? null,
});

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
