import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, type Backoff } from '../../src/model/backoff.ts';

const price = fc.double({ min: 0, max: 500, noNaN: true });
const failed = fc.integer({ min: 1, max: 30 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const whole = (of: Omit<Backoff, 'random'>): number => backoffMs({ ...of, random: () => 0 });

describe('the wait before the same model is asked again', () => {
  it('is about half a second for the first failure of a usual model', () => {
    const ms = whole({ failed: 1, usdPerMillionOutput: 10 });
    expect(ms).toBeGreaterThan(300);
    expect(ms).toBeLessThan(1_000);
  });

  it('doubles with each failure until it is as long as it gets', () => {
    fc.assert(
      fc.property(failed, price, (times, usdPerMillionOutput) => {
        const [one, two] = [times, times + 1].map((each) =>
          whole({ failed: each, usdPerMillionOutput }),
        ) as [number, number];
        expect(two).toBeGreaterThanOrEqual(one);
        if (two < 8_000) expect(Math.abs(two - 2 * one)).toBeLessThanOrEqual(2);
        expect(two).toBeLessThanOrEqual(8_000);
      }),
    );
  });

  it('is longer the dearer the model', () => {
    expect(whole({ failed: 1, usdPerMillionOutput: 50 })).toBeGreaterThan(
      1.5 * whole({ failed: 1, usdPerMillionOutput: 5 }),
    );
    fc.assert(
      fc.property(failed, price, price, (times, a, b) => {
        const [cheap, dear] = [Math.min(a, b), Math.max(a, b)];
        expect(whole({ failed: times, usdPerMillionOutput: dear })).toBeGreaterThanOrEqual(
          whole({ failed: times, usdPerMillionOutput: cheap }),
        );
      }),
    );
  });

  it('is shorter by chance, by half at most', () => {
    fc.assert(
      fc.property(failed, price, chance, (times, usdPerMillionOutput, random) => {
        const of = { failed: times, usdPerMillionOutput };
        const ms = backoffMs({ ...of, random: () => random });
        expect(ms).toBeLessThanOrEqual(whole(of));
        expect(ms).toBeGreaterThanOrEqual(Math.floor(whole(of) / 2));
        expect(Number.isInteger(ms)).toBe(true);
      }),
    );
    const of = { failed: 2, usdPerMillionOutput: 10 };
    expect(backoffMs({ ...of, random: () => 0.99 })).toBeLessThan(0.6 * whole(of));
  });
});
