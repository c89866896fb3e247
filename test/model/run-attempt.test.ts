import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PromptPrefix } from '../../src/core/call/plan.ts';
import { buildBreakers } from '../../src/model/breaker/breakers.ts';
import { BREAKER_DEFAULTS } from '../../src/model/breaker/settings.ts';
import { buildPromptCache } from '../../src/model/prompt-cache.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import type { ModelParts } from '../../src/model/run-attempt.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { fakeEstimate } from '../support/model-parts.ts';
import { ask as askChain, failing, MODELS, OUTPUT } from './chain-fixture.ts';
import { MODEL, partsOf, queueOf, silent, statusOf, tryOnce } from './run-attempt-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the breaker of a model', () => {
  it.each([
    ['model_unavailable', 'failed'],
    ['model_stream_broken', 'failed'],
    ['model_timeout', 'slow'],
  ] as const)('hears of %s as %s, and opens after three', async (code, mark) => {
    const parts = partsOf([failing(code)]);
    for (let times = 1; times <= 3; times += 1) {
      expect(statusOf(parts).state).toBe('closed');
      expect((await tryOnce(parts)).record).not.toBeNull();
      expect(statusOf(parts).recent[mark]).toBe(times);
    }
    expect(statusOf(parts)).toMatchObject({ state: 'open' });
    expect(statusOf(parts).reason).toContain(code);
  });

  it.each(['model_refused', 'output_truncated'] as const)(
    'takes %s for an answer: the model lives',
    async (code) => {
      const parts = partsOf([failing(code)]);
      await tryOnce(parts);
      expect(statusOf(parts).recent).toEqual({ ok: 1, failed: 0, slow: 0 });
    },
  );

  it.each([
    'cancelled',
    'deadline_exceeded',
    'model_rate_limited',
    'model_rejected',
    'model_auth_failed',
    'model_spend_limit',
    'context_exceeded',
    'internal_error',
  ] as const)('hears nothing of %s, which is not the model’s health', async (code) => {
    vi.setTimerTickMode('nextTimerAsync');
    const parts = partsOf([failing(code)]);
    for (let times = 0; times < 5; times += 1) await tryOnce(parts);
    expect(statusOf(parts)).toMatchObject({
      state: 'closed',
      recent: { ok: 0, failed: 0, slow: 0 },
    });
  });

  it('that is open has nothing asked, and says when to come back', async () => {
    const parts = partsOf([failing('model_unavailable')]);
    for (let times = 0; times < 3; times += 1) await tryOnce(parts);
    const tried = await tryOnce(parts);
    expect(tried.record).toBeNull();
    expect(tried.problem).toMatchObject({
      code: 'model_unavailable',
      details: { retryAfterMs: BREAKER_DEFAULTS.openMs },
    });
    expect(tried.problem?.message).toContain('in a row were bad');
    expect(queueOf(parts).running).toBe(0);
  });

  it('judges a model that keeps everybody waiting before it ends', async () => {
    const parts = partsOf(silent);
    const asked = [tryOnce(parts), tryOnce(parts), tryOnce(parts)];
    await vi.advanceTimersByTimeAsync(BREAKER_DEFAULTS.slowFirstTokenMs + 1_000);
    expect(statusOf(parts)).toMatchObject({ state: 'open', recent: { slow: 3 } });
    await vi.advanceTimersByTimeAsync(TIME_LIMITS.firstTokenMs);
    for (const { problem: failure } of await Promise.all(asked)) {
      expect(failure?.code).toBe('model_timeout');
    }
    expect(statusOf(parts).recent.slow).toBe(3);
  });
});

describe('the breaker in a chain', () => {
  const [FIRST, SECOND] = MODELS;
  /** Parts in which these models have their breaker open. */
  const broken = (...models: string[]): Partial<ModelParts> => {
    const breakers = buildBreakers(BREAKER_DEFAULTS, { now: Date.now, random: () => 0 });
    for (const [at, model] of models.entries()) {
      vi.advanceTimersByTime(at * 1_000);
      for (let times = 0; times < 3; times += 1) {
        breakers
          .of(model)
          .enter()
          ?.end({ verdict: 'failed', tokensPerSecond: null, why: 'model_unavailable' });
      }
    }
    return { breakers };
  };

  it('that is open has its model passed over, which the books say', async () => {
    const { output, meta, asked } = askChain([ANSWER], { parts: broken(FIRST) });
    expect(await output).toEqual(OUTPUT);
    expect(asked()).toEqual([SECOND]);
    expect(meta.attempts[0]?.reason).toBe(
      `The best left of the chain. ${FIRST} was passed over: its breaker is open.`,
    );
    expect(meta.degraded).toBe(true);
  });

  it('open at every model is model_unavailable, until the first of them is tried again', async () => {
    const { output, meta, asked } = askChain([ANSWER], { parts: broken(...MODELS) });
    await expect(output).rejects.toMatchObject({
      code: 'model_unavailable',
      // It opened three seconds before the last one did.
      details: { retryAfterMs: BREAKER_DEFAULTS.openMs - 3_000 },
    });
    expect(asked()).toEqual([]);
    expect(meta.attempts).toEqual([]);
  });
});

describe('what an attempt teaches', () => {
  it('is how quick the model is, from twenty good answers on', async () => {
    vi.setTimerTickMode('nextTimerAsync');
    // The first of three pieces after 100 ms, 40 tokens in the 200 ms from there.
    const parts = partsOf([{ ...ANSWER, pauseMs: 100, counts: { output: 40 } }]);
    for (let times = 0; times < BREAKER_DEFAULTS.baselineMinimum; times += 1) await tryOnce(parts);
    expect(statusOf(parts).firstTokenMs).toBeCloseTo(100);
    expect(statusOf(parts).tokensPerSecond).toBeCloseTo(200);
    // 100 ms, and as long again for the 20 tokens of a usual answer: with less nobody begins.
    const hurried = (ms: number) => tryOnce(parts, { caller: { endBy: Date.now() + ms } });
    expect((await hurried(199)).problem?.code).toBe('overloaded');
    expect((await hurried(201)).record).not.toBeNull();
  });

  it('is the length of texts, from the provider’s counts', async () => {
    const parts = partsOf([{ ...ANSWER, counts: { input: 150, output: 40 } }]);
    await tryOnce(parts);
    expect(parts.estimator.factors()).toMatchObject([
      { model: MODEL, side: 'input', content: 'prose', samples: 1 },
      { model: MODEL, side: 'output', samples: 1 },
    ]);
  });

  it('is nothing about length when the provider did not count', async () => {
    const parts = partsOf([{ ...ANSWER, cut: true }]);
    await tryOnce(parts);
    expect(parts.estimator.factors()).toEqual([]);
  });

  it('is that the beginning of its prompt was sent, but not when it was not', async () => {
    const sent: PromptPrefix[] = [];
    const promptCache = {
      ...buildPromptCache(Date.now),
      sent: (each: PromptPrefix) => void sent.push(each),
    };
    const parts = partsOf([failing('model_unavailable')], { promptCache });
    const estimate = fakeEstimate(MODEL);
    for (let times = 0; times < 4; times += 1) await tryOnce(parts, { estimate });
    // The fourth met an open breaker.
    expect(sent).toEqual([estimate.prefix, estimate.prefix, estimate.prefix]);
  });

  it('is whether the provider has the beginning, and what is expected of the next one', async () => {
    const prefix = { model: MODEL, text: 'S', tokens: 90, minimumTokens: 50 };
    const estimate = fakeEstimate(MODEL, { prefix, cacheSystem: '5m' });
    const counts = { input: 10, cache_read: 0, cache_write_5m: 90 };
    const models = [silent, fakeProvider({ ...ANSWER, counts }), silent];
    const parts = partsOf(silent, { providerOf: () => models.shift() ?? silent });
    const hungUp = async () => {
      const tried = tryOnce(parts, {
        estimate,
        caller: { timeLimits: { ...TIME_LIMITS, firstTokenMs: 100 } },
      });
      await vi.advanceTimersByTimeAsync(200);
      return (await tried).record?.usage;
    };
    // Nobody counts: at first it must be written, afterwards it is there to be read.
    expect(await hungUp()).toMatchObject({ input: 10, cache_write_5m: 90, cache_read: 0 });
    await tryOnce(parts, { estimate });
    expect(parts.promptCache.isWarm(prefix)).toBe(true);
    expect(await hungUp()).toMatchObject({ input: 10, cache_write_5m: 0, cache_read: 90 });
  });
});
