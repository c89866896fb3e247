import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeScores } from '../../../src/eval/stats/histogram.ts';
import { twoSidedTail } from '../../../src/eval/stats/normal-tail.ts';
import { percentile } from '../../../src/eval/stats/percentile.ts';
import { studentTail } from '../../../src/eval/stats/compare-scores.ts';
import { wilsonInterval } from '../../../src/eval/stats/wilson.ts';

describe('the interval of a mean', () => {
  // From the formula, by a calculator: centre and half of Wilson's interval.
  it.each([
    { mean: 0.5, count: 10, low: 0.2366, high: 0.7634 },
    { mean: 1, count: 30, low: 0.8865, high: 1 },
    { mean: 0, count: 30, low: 0, high: 0.1135 },
    { mean: 0.8, count: 100, low: 0.7112, high: 0.8666 },
  ])('of $mean over $count scores is $low to $high', ({ mean, count, low, high }) => {
    const interval = wilsonInterval(mean, count);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the mean, stays within 0 and 1, is narrower with more scores, and has a mirror', () => {
    const means = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(means, fc.integer({ min: 1, max: 10_000 }), (mean, count) => {
        const { low, high } = wilsonInterval(mean, count);
        expect(0 <= low && low <= mean && mean <= high && high <= 1).toBe(true);
        const more = wilsonInterval(mean, 2 * count);
        expect(more.high - more.low).toBeLessThan(high - low + 1e-12);
        expect(1 - wilsonInterval(1 - mean, count).high).toBeCloseTo(low, 9);
      }),
    );
  });

  it('of no score is everything', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(summarizeScores([])).toBeNull();
    expect(summarizeScores([{ score: 1, count: 0 }])).toBeNull();
  });

  it('of a histogram counts each score as often as it was given', () => {
    const summary = summarizeScores([
      { score: 0, count: 2 },
      { score: 0.5, count: 4 },
      { score: 1, count: 4 },
    ]);
    expect(summary).toEqual({ count: 10, mean: 0.6, ...wilsonInterval(0.6, 10) });
  });
});

describe('the tail of Student’s t', () => {
  // From another program (SciPy 1.17, stats.t.sf).
  it.each([
    [0, 5, 1],
    [1, 1, 0.5],
    [12.7, 1, 0.050_024_328],
    [2, 2.5, 0.157_391_496],
    [4, 3, 0.028_008_456],
    [2.25, 9, 0.051_003_261],
    [6, 40, 4.726_455e-7],
    [1.96, 1_999.5, 0.050_134_496],
  ])('beyond %d with %d degrees of freedom is %d', (t, degrees, tail) => {
    expect(studentTail(t, degrees) / tail).toBeCloseTo(1, 5);
    expect(studentTail(-t, degrees)).toBe(studentTail(t, degrees));
  });
});

describe('the normal tail', () => {
  // Tables: 1.96 leaves 5 %, 2.5758 1 %, 3.2905 0.1 %, 5 sigma 5.733e-7.
  it.each([
    [0, 1],
    [1, 0.317_310_5],
    [1.959_964, 0.05],
    [2.575_829, 0.01],
    [3.290_527, 0.001],
    [5, 5.733_03e-7],
    [8, 1.244_19e-15],
  ])('beyond %d is %d', (z, tail) => {
    expect(twoSidedTail(z) / tail).toBeCloseTo(1, 5);
    expect(twoSidedTail(-z)).toBe(twoSidedTail(z));
  });

  it('falls without a step where one formula takes over from the other', () => {
    const around = 2.5 * Math.SQRT2;
    expect(twoSidedTail(around - 1e-9) / twoSidedTail(around + 1e-9)).toBeCloseTo(1, 6);
    expect(twoSidedTail(Infinity)).toBe(0);
  });
});

describe('a percentile', () => {
  it('is the nearest rank', () => {
    expect(percentile([30, 10, 20, 40], 0.5)).toBe(20);
    expect(percentile([30, 10, 20, 40], 0.95)).toBe(40);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBe(0);
  });
});
