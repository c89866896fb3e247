import type {
  TokenCounts,
  ModelEvent,
  ModelRequest,
  Provider,
  Stop,
} from '../../src/model/provider.ts';

export interface FakeAnswer {
  /** The model's whole text; pieces of it are sent as they stand. */
  pieces?: string[];
  counts?: TokenCounts;
  stop?: Stop;
  /** Thrown after the pieces, or at once when there are none. */
  error?: Error;
  /** End without the last event, as a cut connection does. */
  cut?: boolean;
  /** Wait between pieces, milliseconds; ends early on abort. */
  pauseMs?: number;
}

export interface FakeProvider extends Provider {
  /** Every request that was made. */
  readonly requests: ModelRequest[];
}

/** A model in the process: answers what it is told to, in order; the last answer repeats. */
export function fakeProvider(...answers: [FakeAnswer, ...FakeAnswer[]]): FakeProvider {
  const requests: ModelRequest[] = [];
  return {
    name: 'fake',
    cachesPrompts: true,
    requests,
    async *stream(request, { signal, onSent }): AsyncGenerator<ModelEvent> {
      requests.push(request);
      onSent();
      const answer = answers[Math.min(requests.length, answers.length) - 1] ?? answers[0];
      const { pieces = [], counts = {}, stop = 'complete' } = answer;
      if (pieces.length > 0) {
        yield { type: 'headers', requestId: 'req_fake', limits: {} };
        yield {
          type: 'start',
          counts: { input: 100, cache_read: 0, cache_write_5m: 0, ...counts },
        };
        yield* say(pieces, answer.pauseMs, signal);
        if (signal.aborted) return;
      }
      if (answer.error) throw answer.error;
      if (answer.cut) return;
      yield { type: 'end', stop, counts: { input: 100, output: 20, ...counts }, why: null };
    },
  };
}

async function* say(
  pieces: string[],
  pauseMs: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  for (const text of pieces) {
    if (pauseMs !== undefined) await pause(pauseMs, signal);
    if (signal.aborted) return;
    yield { type: 'text', text };
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

/** An answer of answer_question, as a model would write it. */
export const ANSWER: FakeAnswer = {
  pieces: ['{"answer":"Within ', '30 days.","found":true,', '"sources":["Returns"]}'],
};
