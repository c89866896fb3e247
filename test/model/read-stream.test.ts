import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { problem, type ProblemError } from '../../src/errors/problem.ts';
import { nothingReceived } from '../../src/model/attempt-usage.ts';
import { readStream, type Times } from '../../src/model/read-stream.ts';
import type { ModelEvent, Provider } from '../../src/model/provider.ts';
import { watchAttempt } from '../../src/model/time-limits.ts';

const LIMITS = { connectMs: 100, firstTokenMs: 5_000, idleMs: 300, totalMs: 60_000 };
const START: ModelEvent = { type: 'start', counts: { input: 7 } };
const END: ModelEvent = { type: 'end', stop: 'complete', counts: { output: 3 }, why: null };
const text = (words: string): ModelEvent => ({ type: 'text', text: words });

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

/** Waits of the fake clock, milliseconds, between events. */
type Script = readonly (ModelEvent | number | Error | 'sent')[];

/** A model that follows a script and then says no more. It takes no heed of its signal. */
function scripted(script: Script): Provider {
  return {
    name: 'fake',
    async *stream(_request, { onSent }) {
      for (const step of script) {
        if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step));
        else if (step === 'sent') onSent();
        else if (step instanceof Error) throw step;
        else yield step;
      }
    },
  };
}

/** Listen to a model; the fake clock runs until it is heard out. */
function hear(
  provider: Provider,
  {
    onText = () => undefined,
    signal = new AbortController().signal,
  }: { onText?: (piece: string) => void | Promise<void>; signal?: AbortSignal } = {},
) {
  const received = nothingReceived();
  const times: Times = { sentAt: null, firstTokenAt: null, firstTextAt: null, readerMs: 0 };
  const observed: string[] = [];
  const watchdog = watchAttempt({ model: 'm', limits: LIMITS, signal, leftMs: 30_000 });
  const listened = readStream({
    provider,
    now: Date.now,
    request: { model: 'm' } as never,
    observer: {
      began: (limits, { input }) =>
        observed.push(`began ${JSON.stringify(limits)} ${String(input)}`),
      firstToken: (ms) => observed.push(`first token ${String(ms)}`),
      silent: (ms) => observed.push(`silent ${String(ms)}`),
    },
    onText,
    watchdog,
    overrun: { counted: () => undefined, grew: () => undefined },
    most: { prompt: 1_000, output: 100_000 },
    received,
    times,
  }).then((failure) => {
    watchdog.stop();
    return failure;
  });
  return { heard: received, times, observed, listened };
}

async function hearOut(...given: Parameters<typeof hear>) {
  const hearing = hear(...given);
  let failure: ProblemError | null | undefined;
  void hearing.listened.then((why) => (failure = why));
  await vi.advanceTimersByTimeAsync(0);
  for (let ms = 0; failure === undefined && ms < 40_000; ms += 10) {
    await vi.advanceTimersByTimeAsync(10);
  }
  return { ...hearing, failure: failure as unknown as ProblemError | null };
}

describe('listening to a model', () => {
  it('takes everything in, in order', async () => {
    const limits = { requests: { limit: 9, remaining: 8, fullAt: 7 } };
    const headers: ModelEvent = { type: 'headers', requestId: 'req_1', limits };
    const thinking: ModelEvent = { type: 'thinking', chars: 12 };
    const {
      heard: received,
      failure,
      observed,
    } = await hearOut(scripted(['sent', headers, START, thinking, text('a'), text('b'), END]));
    expect(failure).toBeNull();
    expect(received).toEqual({
      sent: true,
      answered: true,
      started: true,
      requestId: 'req_1',
      limits,
      counts: { input: 7, output: 3 },
      doubts: new Set(),
      answeredBy: null,
      text: 'ab',
      thinkingChars: 12,
      ended: 'complete',
      why: null,
    });
    expect(observed).toEqual([`began ${JSON.stringify(limits)} 7`, 'first token 0']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells once a second that there is still no token, from when it was sent', async () => {
    const { observed } = await hearOut(
      scripted([50, 'sent', 1_200, START, 1_250, text('a'), 250, text('b'), END]),
    );
    expect(observed).toEqual(['silent 950', 'began {} 7', 'silent 1950', 'first token 2450']);
  });

  it('takes thinking for the first token, and knows when the first text came', async () => {
    const { times, observed } = await hearOut(
      scripted(['sent', START, 40, { type: 'thinking', chars: 1 }, 60, text('a'), END]),
    );
    expect(observed.at(-1)).toBe('first token 40');
    expect((times.firstTextAt ?? 0) - (times.sentAt ?? 0)).toBe(100);
  });
});

describe('a limit on time', () => {
  it.each([
    ['a connection', [200, 'sent', START, END], 'no connection'],
    ['the first token', ['sent', START, 6_000, text('a'), END], 'no first token'],
    ['the next token', ['sent', START, text('a'), 301, text('b'), END], 'no further token'],
  ] as [string, Script, string][])('on %s ends it', async (_what, script, words) => {
    const { failure } = await hearOut(scripted(script));
    expect(failure?.code).toBe('model_timeout');
    expect(failure?.message).toContain(words);
    await vi.runAllTimersAsync();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('on the whole ends a model that writes without end', async () => {
    const flood = Array.from({ length: 400 }, () => [100, text('a')]).flat();
    const { failure } = await hearOut(scripted(['sent', START, ...flood, END]));
    // The call's own time is shorter than the limit of the attempt.
    expect(failure?.code).toBe('deadline_exceeded');
  });

  it('on the next token is not met by a model that has stopped but for the end', async () => {
    const { failure, heard: received } = await hearOut(
      scripted(['sent', START, text('a'), 250, END]),
    );
    expect(failure).toBeNull();
    expect(received.ended).toBe('complete');
  });

  it('on the next token waits for a slow reader, whose time is not the model’s', async () => {
    const reading = () => new Promise<void>((resolve) => setTimeout(resolve, 2_000));
    const { failure, times } = await hearOut(
      scripted(['sent', START, text('a'), 250, text('b'), 250, END]),
      { onText: reading },
    );
    expect(failure).toBeNull();
    expect(times.readerMs).toBe(4_000);
  });

  it('counts again once the reader has caught up', async () => {
    const reading = () => new Promise<void>((resolve) => setTimeout(resolve, 2_000));
    const { failure } = await hearOut(scripted(['sent', START, text('a'), 301, END]), {
      onText: reading,
    });
    expect(failure?.message).toContain('no further token');
  });
});

describe('a model that has said its last', () => {
  it('is not waited for when its connection stays open', async () => {
    const hearing = hearOut(scripted(['sent', START, text('a'), END, 50_000]));
    const settled = vi.fn();
    void hearing.then(settled);
    await vi.advanceTimersByTimeAsync(200);
    expect(settled).toHaveBeenCalledOnce();
    expect((await hearing).failure).toBeNull();
  });
});

describe('a model that ends badly', () => {
  it('by an error of ours is that problem', async () => {
    const down = problem('model_unavailable', { detail: 'down' });
    expect((await hearOut(scripted(['sent', down]))).failure).toBe(down);
  });

  it('by stopping before its last event is a broken stream', async () => {
    const { failure } = await hearOut(scripted(['sent', START, text('a')]));
    expect(failure?.code).toBe('model_stream_broken');
  });

  it('after its last event has answered all the same', async () => {
    const reset = new TypeError('terminated');
    const { failure } = await hearOut(scripted(['sent', START, text('a'), END, reset]));
    expect(failure).toBeNull();
  });

  it('before it gives a stream at all has failed, and leaves no timer', async () => {
    const broken: Provider = {
      name: 'broken',
      stream() {
        throw new TypeError('no stream');
      },
    };
    expect((await hearOut(broken)).failure?.code).toBe('model_stream_broken');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('when it is told to stop disturbs nobody', async () => {
    const sulking: Provider = {
      name: 'sulking',
      stream: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: true, value: undefined }),
          return: () => Promise.reject(new Error('I had stopped already')),
        }),
      }),
    };
    expect((await hearOut(sulking)).failure?.code).toBe('model_stream_broken');
  });

  it('is told to stop when it is not listened to any more', async () => {
    let stopped = false;
    const controller = new AbortController();
    const provider: Provider = {
      name: 'endless',
      async *stream(_request, { onSent }) {
        onSent();
        try {
          for (;;) yield await Promise.resolve(text('a'));
        } finally {
          stopped = true;
        }
      },
    };
    let pieces = 0;
    const { failure } = await hearOut(provider, {
      signal: controller.signal,
      onText: () => {
        pieces += 1;
        if (pieces === 5) controller.abort(problem('cancelled', { detail: 'Gone.' }));
      },
    });
    expect(failure?.code).toBe('cancelled');
    expect(stopped).toBe(true);
    // One more may have been on its way.
    expect(pieces).toBeLessThanOrEqual(6);
  });
});

describe('a model that says odd things', () => {
  it('has begun with its first text where it does not say that it begins', async () => {
    const { heard: received, observed } = await hearOut(
      scripted(['sent', text('a'), START, text('b'), END]),
    );
    expect(received).toMatchObject({ started: true, text: 'ab', counts: { input: 7, output: 3 } });
    expect(observed.filter((each) => each.startsWith('began'))).toEqual(['began {} undefined']);
  });

  it('is not heard after its end', async () => {
    const { heard: received, failure } = await hearOut(
      scripted(['sent', START, text('a'), END, text('b'), END]),
    );
    expect(failure).toBeNull();
    expect(received.text).toBe('a');
  });

  it('counts no prompt that it cannot hold', async () => {
    const absurd: ModelEvent = { type: 'start', counts: { input: 10 ** 12 } };
    const { heard: received, observed } = await hearOut(scripted(['sent', absurd, text('a'), END]));
    expect(observed[0]).toBe('began {} undefined');
    expect(received.counts).toEqual({ output: 3 });
    expect([...received.doubts]).toEqual(['input_above_limit']);
  });

  it('and writes on past what it was allowed is hung up on', async () => {
    const flood = Array.from({ length: 200 }, () => text('x'.repeat(100_000)));
    const { heard: received, failure } = await hearOut(scripted(['sent', START, ...flood, END]));
    expect(failure?.code).toBe('model_stream_broken');
    expect(failure?.message).toContain('wrote on past the 100000 tokens');
    expect(received.text.length).toBeLessThan(13_000_000);
  });
});

describe('a reader', () => {
  it('that fails ends it with a bug of ours', async () => {
    const { failure } = await hearOut(scripted(['sent', START, text('a'), END]), {
      onText: () => Promise.reject(new Error('the front broke')),
    });
    expect(failure?.code).toBe('internal_error');
  });

  it('that reads no more is not waited for once the call is over', async () => {
    const controller = new AbortController();
    const { failure } = await hearOut(scripted(['sent', START, text('a'), END]), {
      signal: controller.signal,
      onText: () => {
        setTimeout(() => {
          controller.abort(problem('cancelled', { detail: 'Gone.' }));
        }, 500);
        return new Promise(() => undefined);
      },
    });
    expect(failure?.code).toBe('cancelled');
  });
});
