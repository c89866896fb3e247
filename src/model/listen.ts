import type { ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { Heard } from './evidence.ts';
import type { Overrun } from './overrun.ts';
import type { Counts, LimitsTold, ModelEvent, ModelRequest, Provider } from './provider.ts';
import type { Watchdog } from './time-limits.ts';
import { whyNotWhole } from './why-not-whole.ts';

/** What whoever guards the model learns while the attempt runs. */
export interface Observer {
  /** An answer began: what its headers say of the provider's limits, and what it counted so far. */
  began(limits: LimitsTold, counts: Counts): void;
  /** The first token came, so long after the request was sent. */
  firstToken(ms: number): void;
  /** There is still no token, so long after the request was sent. */
  silent(ms: number): void;
}

/** How the attempt went in time, milliseconds since the epoch. */
export interface Times {
  sentAt: number | null;
  firstTokenAt: number | null;
  firstTextAt: number | null;
  /** How long the reader kept the model waiting. */
  readerMs: number;
}

interface Listening {
  provider: Provider;
  now: () => number;
  request: ModelRequest;
  observer: Observer;
  overrun: Overrun;
  onText: (text: string) => void | Promise<void>;
  dog: Watchdog;
  /** Both are written while the answer comes. */
  heard: Heard;
  times: Times;
}

/** Between two looks at a model that has not begun to answer, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Hear the provider out. Never rejects. @returns why the answer is not whole, or null */
export async function listen(listening: Listening): Promise<ProblemError | null> {
  const { provider, now, request, heard, times, dog, observer } = listening;
  const whole = (): ProblemError | null =>
    whyNotWhole(heard, { signal: dog.signal, model: request.model, provider: provider.name });
  const look = setInterval(() => {
    if (times.sentAt !== null && times.firstTokenAt === null) observer.silent(now() - times.sentAt);
  }, LOOK_EVERY_MS);
  // A provider that does not listen to its signal must not hold the call.
  const aborted = new Promise<'aborted'>((resolve) => {
    if (dog.signal.aborted) resolve('aborted');
    dog.signal.addEventListener('abort', () => {
      resolve('aborted');
    });
  });
  const onSent = (): void => {
    heard.sent = true;
    times.sentAt = now();
    dog.waitFor('firstToken');
  };
  let events: AsyncIterator<ModelEvent> | undefined;
  try {
    events = provider.stream(request, { signal: dog.signal, onSent })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([events.next(), aborted]);
      if (next === 'aborted' || next.done) return whole();
      await hear(next.value, listening);
    }
  } catch (error) {
    // What breaks after the last event takes nothing from the answer.
    return dog.signal.aborted || heard.ended !== null ? whole() : toProblem(error);
  } finally {
    clearInterval(look);
    void hangUp(events);
  }
}

/** What a provider may still say to this is of no interest to anybody. */
async function hangUp(events: AsyncIterator<ModelEvent> | undefined): Promise<void> {
  try {
    await events?.return?.();
  } catch {
    // It failed at ending, so it has ended.
  }
}

/** Take one event in; waits for the reader of a text. */
async function hear(
  event: ModelEvent,
  { now, heard, times, dog, observer, overrun, onText }: Listening,
): Promise<void> {
  if (event.type === 'headers') {
    heard.answered = true;
    heard.requestId = event.requestId;
    heard.limits = event.limits;
    return;
  }
  if (event.type === 'start') {
    heard.started = true;
    heard.counts = event.counts;
    observer.began(heard.limits, event.counts);
    await overrun.counted(event.counts);
    return;
  }
  if (event.type === 'end') {
    heard.ended = event.stop;
    heard.why = event.why;
    heard.counts = { ...heard.counts, ...event.counts };
    dog.waitFor('close');
    return;
  }
  if (times.firstTokenAt === null) {
    times.firstTokenAt = now();
    observer.firstToken(times.firstTokenAt - (times.sentAt ?? times.firstTokenAt));
  }
  dog.waitFor('idle');
  if (event.type === 'thinking') {
    heard.thinkingChars += event.chars;
    overrun.grew(heard);
    return;
  }
  times.firstTextAt ??= now();
  heard.text += event.text;
  overrun.grew(heard);
  const taken = onText(event.text);
  if (taken === undefined) return;
  const from = now();
  dog.waitFor('nothing');
  await orAborted(taken, dog.signal);
  dog.waitFor('idle');
  times.readerMs += now() - from;
}

/** Waits for the reader, but not for one who reads no more: the books must close in time. */
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
