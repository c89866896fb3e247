import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../src/errors/problem.ts';
import type { RateLimits, Provider } from '../../src/model/provider.ts';
import { buildQueues } from '../../src/model/queue/queues.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue/settings.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { fakeEstimate } from '../support/model-parts.ts';
import { ask as askChain, failing, MODELS, OUTPUT } from './chain-fixture.ts';
import { MODEL, partsOf, queueOf, tryOnce } from './run-attempt-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A model that says what its headers tell of limits, and then answers or refuses. */
const limited = (limits: RateLimits, then: 'answers' | Error): Provider => ({
  name: 'fake',
  async *stream(request, watch) {
    if (then === 'answers') {
      for await (const event of fakeProvider(ANSWER).stream(request, watch)) {
        yield event.type === 'headers' ? { ...event, limits } : event;
      }
      return;
    }
    watch.onSent();
    yield await Promise.resolve({ type: 'headers' as const, requestId: 'req_1', limits });
    throw then;
  },
});

/** A model that nobody gets a connection to. */
const unreachable: Provider = {
  name: 'unreachable',
  stream: () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(problem('model_unavailable', { detail: 'No connection.' })),
    }),
  }),
};

describe('the queue of a model', () => {
  it('is paused by a 429, for as long as the provider asks', async () => {
    const parts = partsOf([failing('model_rate_limited', 7_000)]);
    await tryOnce(parts);
    expect(queueOf(parts)).toMatchObject({ running: 0, pausedUntil: Date.now() + 7_000 });
  });

  it('learns the limits of an answer, and of a refusal for them, but of no other failure', async () => {
    const limits = { requests: { limit: 50, remaining: 3, fullAt: Date.now() + 60_000 } };
    const remaining = async (then: 'answers' | Error): Promise<unknown> => {
      const parts = partsOf(limited(limits, then));
      await tryOnce(parts);
      const { limits: told } = queueOf(parts);
      return typeof told === 'string' ? told : told.requests?.limit;
    };
    expect(await remaining('answers')).toBe(50);
    expect(await remaining(problem('model_rate_limited', { detail: '429' }))).toBe(50);
    expect(await remaining(problem('model_unavailable', { detail: '529' }))).toBe('unknown');
  });

  it('reserves tokens for an attempt, corrects them by its counts, and gives back what was not sent', async () => {
    const limits = {
      inputTokens: { limit: 60_000, remaining: 50_000, fullAt: Date.now() + 10_000 },
    };
    const models: Provider[] = [
      limited(limits, 'answers'),
      fakeProvider({ ...ANSWER, pauseMs: 60_000, counts: { input: 2_000, cache_write_5m: 500 } }),
      unreachable,
    ];
    const parts = partsOf(unreachable, { providerOf: () => models.shift() ?? unreachable });
    const estimate = fakeEstimate(MODEL, { inputTokens: 9_000 });
    const left = (): number => {
      const { limits: told } = queueOf(parts);
      return typeof told === 'string' ? NaN : (told.inputTokens?.remaining ?? NaN);
    };
    await tryOnce(parts, { estimate });
    const before = left();
    const running = tryOnce(parts, { estimate, caller: { endBy: Date.now() + 1_000 } });
    await vi.advanceTimersByTimeAsync(0);
    // Counted by the provider as it began; the cache's reads would be free.
    expect(before - left()).toBe(2_500);
    vi.setTimerTickMode('nextTimerAsync');
    await running;
    const after = left();
    for (const reached of ['not_sent', 'not_sent', 'not_sent', undefined]) {
      // The fourth meets an open breaker.
      expect((await tryOnce(parts, { estimate })).record?.reached).toBe(reached);
      expect(left()).toBe(after);
    }
  });

  it('has its place back however the attempt ends', async () => {
    for (const answer of [ANSWER, { ...ANSWER, cut: true }, failing('model_unavailable')]) {
      const parts = partsOf([answer]);
      await tryOnce(parts);
      expect(queueOf(parts).running).toBe(0);
    }
  });

  it('that is full is a problem without an attempt', async () => {
    const queues = buildQueues(
      { ...QUEUE_DEFAULTS, untilLimitsKnown: 1, longest: 0 },
      { now: Date.now },
    );
    const parts = partsOf([{ ...ANSWER, pauseMs: 100 }], { queues });
    const first = tryOnce(parts);
    const second = await tryOnce(parts);
    expect(second).toMatchObject({ record: null, problem: { code: 'overloaded' } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await first).problem).toBeNull();
  });

  it('tells whoever waits in it at which place', async () => {
    const queues = buildQueues(
      { ...QUEUE_DEFAULTS, untilLimitsKnown: 1, concurrency: 1 },
      { now: Date.now },
    );
    const parts = partsOf([{ ...ANSWER, pauseMs: 100 }], { queues });
    const told: unknown[] = [];
    const onQueue = (where: unknown): void => void told.push(where);
    const all = [1, 2, 3].map(() => tryOnce(parts, { caller: { onQueue } }));
    await vi.advanceTimersByTimeAsync(5_000);
    for (const { problem: failure } of await Promise.all(all)) expect(failure).toBeNull();
    expect(told).toEqual([
      { model: MODEL, position: 1 },
      { model: MODEL, position: 2 },
      { model: MODEL, position: 1 },
    ]);
  });

  it('lets nobody wait who cannot be answered in time', async () => {
    const parts = partsOf([failing('model_rate_limited', 30_000)]);
    await tryOnce(parts);
    const tried = await tryOnce(parts, { caller: { endBy: Date.now() + 29_000 } });
    expect(tried).toMatchObject({ record: null, problem: { code: 'overloaded' } });
  });

  it('that a caller leaves has nothing asked', async () => {
    const parts = partsOf([failing('model_rate_limited', 30_000)]);
    await tryOnce(parts);
    const controller = new AbortController();
    const tried = tryOnce(parts, { caller: { signal: controller.signal } });
    const gone = problem('cancelled', { detail: 'Gone.' });
    controller.abort(gone);
    expect(await tried).toEqual({ record: null, problem: gone });
    expect(queueOf(parts).waiting).toBe(0);
  });

  it('that is full has the chain go on to the next model, which the route says', async () => {
    const [first, second] = MODELS;
    const queues = buildQueues(
      { ...QUEUE_DEFAULTS, untilLimitsKnown: 1, longest: 0 },
      { now: Date.now },
    );
    const slot = await queues.of(first).enter({
      principal: 'other',
      inputTokens: 1,
      outputTokens: 1,
      startBy: Infinity,
      signal: new AbortController().signal,
      onPosition: () => undefined,
    });
    const { output, meta, asked } = askChain([ANSWER], { parts: { queues } });
    expect(await output).toEqual(OUTPUT);
    expect(asked()).toEqual([second]);
    expect(meta.route?.reason).toContain(`${first} was passed over: overloaded.`);
    expect(meta.attempts).toHaveLength(1);
    slot.leave();
  });
});
