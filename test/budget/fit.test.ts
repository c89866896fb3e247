import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits, needsOf, shorterThatFits } from '../../src/budget/fit.ts';
import { fakeEstimate, fakePlan } from '../support/model-parts.ts';
import { answered, metered } from './fixture.ts';

/** A prompt of 120 tokens at 2,000 nano-dollars and an answer of so many at 10,000. */
const planOf = (maxOutputTokens = 500, outputTokens = 20) =>
  fakePlan({
    maxOutputTokens,
    estimate: (model = 'claude-sonnet-5-5') =>
      fakeEstimate(model, {
        highInputTokens: 120,
        outputTokens,
        maxOutputTokens,
        worstPromptNanoUsd: 240_000,
        worstNanoUsd: 240_000 + maxOutputTokens * 10_000,
      }),
  });

describe('what a plan needs', () => {
  it('is the most and the likely of its first attempt, in every unit', () => {
    const estimate = (model = 'm') =>
      fakeEstimate(model, {
        highInputTokens: 120,
        mostInputTokens: 400,
        maxOutputTokens: 500,
        highNanoUsd: 5_240_000,
        worstNanoUsd: 5_800_000,
      });
    expect(needsOf(fakePlan({ estimate }))).toEqual({
      need: { promptTokens: 400, outputTokens: 500, nanoUsd: 5_800_000 },
      likely: { promptTokens: 120, outputTokens: 500, nanoUsd: 5_240_000 },
    });
  });
});

describe('a shorter answer', () => {
  it('is as long as every budget has room for', () => {
    const tokens = metered({ name: 'tokens' });
    const money = metered({ name: 'money', unit: 'usd', limit: 0.01 });
    const state = answered({ on: tokens, used: 500, held: 100 }, { on: money, used: 8_000_000 });
    // 400 tokens less the prompt of 120; 2,000,000 nano-dollars less 240,000, at 10,000 each.
    expect(shorterThatFits(planOf(), state)).toBe(176);
    expect(fits(planOf(), state)).toBe(false);
    expect(fits(planOf(176), state)).toBe(true);
    expect(fits(planOf(177), state)).toBe(false);
  });

  it('is no way out when a usual answer would not fit into it', () => {
    const state = answered({ on: metered(), used: 1_000 - 120 - 19 });
    expect(shorterThatFits(planOf(500, 20), state)).toBeNull();
    expect(shorterThatFits(planOf(500, 19), state)).toBe(19);
  });

  it('is no way out when not even the prompt fits, or when there is room enough', () => {
    expect(shorterThatFits(planOf(), answered({ on: metered(), used: 900 }))).toBeNull();
    expect(shorterThatFits(planOf(), answered({ on: metered() }))).toBeNull();
    expect(fits(planOf(), answered({ on: metered() }))).toBe(true);
  });

  it('always fits, and one token more does not', () => {
    const amounts = fc.record({
      limit: fc.integer({ min: 1, max: 2_000 }),
      used: fc.nat({ max: 1_000 }),
      held: fc.nat({ max: 500 }),
    });
    fc.assert(
      fc.property(amounts, ({ limit, used, held }) => {
        const state = answered({ on: metered({ limit }), used, held });
        const most = shorterThatFits(planOf(500, 1), state);
        if (most === null) return;
        expect(fits(planOf(most), state)).toBe(true);
        expect(fits(planOf(most + 1), state)).toBe(false);
      }),
    );
  });
});

describe('a shorter answer on a budget that lets answers finish', () => {
  const plan = fakePlan({
    estimate: (model = 'm') =>
      fakeEstimate(model, {
        highInputTokens: 120,
        mostInputTokens: 400,
        outputTokens: 20,
        maxOutputTokens: 500,
        highPromptNanoUsd: 240_000,
        highNanoUsd: 5_240_000,
        worstPromptNanoUsd: 800_000,
        worstNanoUsd: 5_800_000,
      }),
  });

  it('goes by what is likely, and by what is sure where answers are cut', () => {
    for (const unit of ['tokens', 'usd'] as const) {
      const limit = unit === 'usd' ? 0.005 : 500;
      const on = (overrun: 'cut' | 'finish') => answered({ on: metered({ unit, limit, overrun }) });
      const [likely, sure] = unit === 'usd' ? [476, 420] : [380, 100];
      expect(shorterThatFits(plan, on('finish'))).toBe(likely);
      expect(shorterThatFits(plan, on('cut'))).toBe(sure);
    }
  });

  it('of a price that is finer than a nano-dollar is never longer than what fits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        (pico, prompt, room) => {
          const max = 1_000;
          const cost = (output: number) => Math.ceil((prompt * 1_000 + output * pico) / 1_000);
          const fine = fakePlan({
            estimate: (model = 'm') =>
              fakeEstimate(model, {
                outputTokens: 1,
                maxOutputTokens: max,
                worstPromptNanoUsd: cost(0),
                worstNanoUsd: cost(max),
              }),
          });
          const limit = (cost(0) + room) / 1e9;
          const most = shorterThatFits(fine, answered({ on: metered({ unit: 'usd', limit }) }));
          if (most !== null) expect(cost(most)).toBeLessThanOrEqual(cost(0) + room);
        },
      ),
    );
  });
});
