import { problem, ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import {
  believe,
  MOST_CHARS_PER_TOKEN,
  type ReceivedSoFar,
  type MostTokens,
} from './attempt-usage.ts';
import type { Overrun } from './overrun.ts';
import type { TokenCounts, RateLimits, ModelEvent, ModelRequest, Provider } from './provider.ts';
import type { Watchdog } from './time-limits.ts';
import { whyNotWhole } from './why-not-whole.ts';

/** Guard of the model, told of the attempt while it runs. */
export interface Observer {
  /** An answer began: what its headers say of the provider's limits, and what it counted so far. */
  began(limits: RateLimits, counts: TokenCounts): void;
  /** The first token came, so long after the request was sent. */
  firstToken(ms: number): void;
  /** There is still no token, so long after the request was sent. */
  silent(ms: number): void;
}

/** Moments of the attempt, milliseconds since the epoch. */
export interface Times {
  sentAt: number | null;
  firstTokenAt: number | null;
  firstTextAt: number | null;
  /** Time the reader kept the model waiting. */
  readerMs: number;
}

interface Listening {
  provider: Provider;
  now: () => number;
  request: ModelRequest;
  observer: Observer;
  overrun: Overrun;
  /** More is no count that can be true, and no answer that is read on. */
  most: MostTokens;
  onText: (text: string) => void | Promise<void>;
  watchdog: Watchdog;
  /** Both are written while the answer comes. */
  received: ReceivedSoFar;
  times: Times;
}

/** Between two looks at a model that has not begun to answer, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Hear the provider out. Never rejects. @returns why the answer is not whole, or null */
export async function readStream(listening: Listening): Promise<ProblemError | null> {
  const { provider, now, request, received, times, watchdog, observer } = listening;
  const whole = (): ProblemError | null =>
    whyNotWhole(received, {
      signal: watchdog.signal,
      model: request.model,
      provider: provider.name,
    });
  const look = setInterval(() => {
    if (times.sentAt !== null && times.firstTokenAt === null) observer.silent(now() - times.sentAt);
  }, LOOK_EVERY_MS);
  // A provider that does not listen to its signal must not hold the call.
  const aborted = new Promise<'aborted'>((resolve) => {
    if (watchdog.signal.aborted) resolve('aborted');
    watchdog.signal.addEventListener('abort', () => {
      resolve('aborted');
    });
  });
  const onSent = (): void => {
    received.sent = true;
    times.sentAt = now();
    watchdog.waitFor('firstToken');
  };
  let events: AsyncIterator<ModelEvent> | undefined;
  /** Whether what breaks now is on our side: the front, the budgets. */
  let isOurs = false;
  try {
    events = provider.stream(request, { signal: watchdog.signal, onSent })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([events.next(), aborted]);
      if (next === 'aborted' || next.done) return whole();
      isOurs = true;
      await hear(next.value, listening);
      isOurs = false;
    }
  } catch (error) {
    // A break after the last event takes nothing from the answer.
    if (watchdog.signal.aborted || received.ended !== null) return whole();
    return isOurs ? toProblem(error) : broken(listening, error);
  } finally {
    clearInterval(look);
    void hangUp(events);
  }
}

/** An error of a provider that is no problem of ours stands for an answer that could not be read. */
function broken({ provider, request, received }: Listening, cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause;
  const { model } = request;
  return problem('model_stream_broken', {
    detail: `The answer of ${model} could not be read.`,
    upstream: {
      provider: provider.name,
      model,
      status: received.answered ? 200 : null,
      type: null,
      request_id: received.requestId,
    },
    cause,
  });
}

/** Hang up; what the provider may still say to this interests nobody. */
async function hangUp(events: AsyncIterator<ModelEvent> | undefined): Promise<void> {
  try {
    await events?.return?.();
  } catch {
    // It failed at ending, so it has ended.
  }
}

/** Take one event in; waits for the reader of a text. */
async function hear(event: ModelEvent, listening: Listening): Promise<void> {
  const { received, watchdog, most } = listening;
  // Nothing follows the end of an answer.
  if (received.ended !== null) return;
  if (event.type === 'headers') {
    received.answered = true;
    received.requestId = event.requestId;
    received.limits = event.limits;
    return;
  }
  if (event.type === 'start') return begin(event, listening);
  if (event.type === 'end') {
    received.ended = event.stop;
    received.why = event.why;
    believe(received, event, most);
    watchdog.waitFor('close');
    return;
  }
  // A server that does not say that it begins has begun all the same.
  if (!received.started) await begin({ type: 'start', counts: {} }, listening);
  return grow(event, listening);
}

/** There is more of the answer. */
async function grow(
  event: ModelEvent & { type: 'text' | 'thinking' },
  listening: Listening,
): Promise<void> {
  const { now, received, times, watchdog, observer, overrun, onText } = listening;
  if (times.firstTokenAt === null) {
    times.firstTokenAt = now();
    observer.firstToken(times.firstTokenAt - (times.sentAt ?? times.firstTokenAt));
  }
  watchdog.waitFor('idle');
  if (event.type === 'thinking') received.thinkingChars += event.chars;
  else received.text += event.text;
  overrun.grew(received);
  checkLength(listening);
  if (event.type === 'thinking') return;
  times.firstTextAt ??= now();
  const taken = onText(event.text);
  if (taken === undefined) return;
  const from = now();
  watchdog.waitFor('nothing');
  await orAborted(taken, watchdog.signal);
  watchdog.waitFor('idle');
  times.readerMs += now() - from;
}

/** The answer begins; some servers say so twice, or late. */
async function begin(event: ModelEvent & { type: 'start' }, listening: Listening): Promise<void> {
  const { received, most, observer, overrun } = listening;
  const isFirst = !received.started;
  received.started = true;
  const counts = believe(received, event, most);
  if (isFirst) observer.began(received.limits, counts);
  await overrun.counted(counts, received.answeredBy);
}

/** For what is no token of the answer: talk of a server around it. */
const CHARS_BESIDE = 1_024;

/** A model that writes on past its limit is hung up on: nothing was reserved for that. */
function checkLength({ received, most, watchdog, request: { model } }: Listening): void {
  const chars = received.text.length + received.thinkingChars;
  if (chars <= CHARS_BESIDE + MOST_CHARS_PER_TOKEN * most.output) return;
  const detail = `${model} wrote on past the ${String(most.output)} tokens that it was allowed.`;
  watchdog.abort(problem('model_stream_broken', { detail }));
}

/** Waits for the reader, but not for one who reads no more: the call must be settled in time. */
function orAborted(taken: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    void taken.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
