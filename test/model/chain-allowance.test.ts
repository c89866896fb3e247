import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { promptTokens } from '../../src/core/call/usage.ts';
import type { Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { CATALOG } from '../../src/model/catalog.ts';
import { buildPriceList } from '../../src/model/prices.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { ANSWER, fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';
import { fakeEstimate } from '../support/model-parts.ts';
import { ask, MODELS } from './chain-fixture.ts';
import { runs } from '../support/depth.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => {
  vi.useRealTimers();
});

const prices = buildPriceList(CATALOG);
const MOST_INPUT = 500;
const MOST_OUTPUT = 99;
const worstOf = (model: string): number =>
  prices.price(model, { ...NO_USAGE, input: MOST_INPUT, output: MOST_OUTPUT }, Date.now())
    .costNanoUsd;
const estimate = (model = '') =>
  fakeEstimate(model, { highInputTokens: MOST_INPUT, worstNanoUsd: worstOf(model) });

const CODES: Code[] = [
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
  'model_timeout',
  'model_refused',
  'model_rejected',
];
/** Whatever a model may do, within what it may cost. */
const answer: fc.Arbitrary<FakeAnswer> = fc
  .record({
    end: fc.constantFrom(...CODES, 'cut', 'truncated', 'wrong', 'nothing' as const),
    hasText: fc.boolean(),
    input: fc.nat(MOST_INPUT),
    output: fc.nat(MOST_OUTPUT),
  })
  .map(({ end, hasText, input, output }): FakeAnswer => {
    const pieces = hasText || end === 'wrong' ? ['{"answer":', '7}'] : [];
    const counts = { input, output, cache_read: 0, cache_write_5m: 0 };
    const told = { pieces, counts };
    if (end === 'cut') return { ...told, cut: true };
    if (end === 'truncated') return { ...told, stop: 'truncated' };
    if (end === 'wrong' || end === 'nothing') return told;
    return { ...told, error: problem(end, { detail: end }) };
  });
const answers = fc.array(answer, { minLength: 10, maxLength: 10 });
const models = fc.shuffledSubarray([...MODELS], { minLength: 1 });

describe('the allowance of a call', () => {
  it('is never overdrawn, and its attempts are in the books in order, whatever models do', async () => {
    await fc.assert(
      fc.asyncProperty(answers, models, fc.nat(300), async (told, chain, percent) => {
        const provider = fakeProvider(...(told as [FakeAnswer, ...FakeAnswer[]]));
        const dearest = Math.max(...chain.map(worstOf));
        const allowanceNanoUsd = Math.ceil((dearest * percent) / 100);
        const plan = { models: chain, estimate, allowanceNanoUsd };
        const { output, meta, asked, parts } = ask([ANSWER], { provider, plan });
        await output.catch(() => undefined);
        const spent = meta.attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
        expect(spent).toBeLessThanOrEqual(allowanceNanoUsd);
        expect(meta.attempts.map(({ model }) => model)).toEqual(asked());
        expect(meta.attempts.length).toBeLessThanOrEqual(parts.mostAttempts);
        for (const model of chain) {
          expect(parts.queues.of(model).status()).toMatchObject({ running: 0, waiting: 0 });
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: runs(300) },
    );
  });

  it('that is spent is why a model is passed over', async () => {
    const [first, second] = MODELS;
    const broken = { ...ANSWER, cut: true };
    const { output, meta } = ask([broken, ANSWER], {
      plan: { models: [first, second], estimate, allowanceNanoUsd: worstOf(first) },
    });
    // The dear one cannot be paid again, the cheap one can.
    await output;
    expect(meta.attempts).toMatchObject([{ model: first }, { model: second }]);
  });

  it('too small for any model but the cheapest has that one asked', async () => {
    const third = MODELS[2];
    const { output, meta } = ask([ANSWER], {
      plan: { estimate, allowanceNanoUsd: worstOf(third) },
    });
    await output;
    expect(meta.attempts.map(({ model }) => model)).toEqual([third]);
    expect(meta.attempts[0]?.reason).toContain('what is left of the allowance might not pay it');
  });

  it('counts what a broken attempt has cost by best evidence', async () => {
    const { output, meta } = ask([{ ...ANSWER, cut: true }], {
      plan: { models: [MODELS[1]], estimate, allowanceNanoUsd: worstOf(MODELS[1]) + 1 },
    });
    await expect(output).rejects.toMatchObject({ code: 'model_stream_broken' });
    expect(meta.attempts).toHaveLength(1);
    expect(promptTokens(meta.attempts[0]?.usage ?? NO_USAGE)).toBe(100);
  });
});
