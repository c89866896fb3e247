import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareScores } from '../../../src/eval/stats/compare-scores.ts';
import { runs } from '../../support/depth.ts';

const votes = (up: number, down: number) => [
  { score: 1, count: up },
  { score: 0, count: down },
];

describe('comparing what callers said of two versions', () => {
  it('finds what Fisher’s exact test finds', () => {
    // All of three against none of three: 2 of the 20 ways to deal six.
    expect(compareScores(votes(3, 0), votes(0, 3))?.p).toBeCloseTo(0.1, 1);
    // 8 of 10 against 2 of 10: 0.0230.
    const found = compareScores(votes(2, 8), votes(8, 2));
    expect(found?.difference).toBeCloseTo(0.6, 12);
    expect(found?.p).toBeGreaterThan(0.018);
    expect(found?.p).toBeLessThan(0.028);
  });

  it('says nothing where one was never rated, and 1 where both were rated alike', () => {
    expect(compareScores([], votes(1, 1))).toBeNull();
    expect(compareScores(votes(1, 1), votes(0, 0))).toBeNull();
    expect(compareScores(votes(2, 1), votes(4, 2))).toEqual({ difference: 0, p: 1 });
    expect(compareScores(votes(2_000, 0), votes(2_000, 0))).toEqual({ difference: 0, p: 1 });
  });

  it('is the same the other way round but for the sign, and says the same each time', () => {
    const sample = fc.array(
      fc.record({ score: fc.constantFrom(0, 0.25, 0.5, 1), count: fc.integer({ min: 1, max: 4 }) }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [there, back] = [compareScores(a, b), compareScores(b, a)];
        expect(back?.difference).toBeCloseTo(-(there?.difference ?? NaN), 12);
        // Other random partitions, so nearly the same.
        expect(Math.abs((back?.p ?? NaN) - (there?.p ?? NaN))).toBeLessThan(0.03);
        expect(there?.p).toBeGreaterThan(0);
        expect(there?.p).toBeLessThanOrEqual(1);
        expect(compareScores(a, b)).toEqual(there);
      }),
      { numRuns: runs(15) },
    );
  });

  it('of a few against very many goes by the few', () => {
    const found = compareScores(votes(900_000, 100_000), votes(2, 3));
    expect(found?.p).toBeGreaterThan(0.001);
    // Three or more of five at one in ten: 0.0086.
    expect(found?.p).toBeLessThan(0.03);
  });

  it('finds no difference where only the spread is another', () => {
    // A half by many, 0 or 1 by few. Welch: t = 2.25 with 9 degrees of freedom.
    const near = [0.495, 0.5, 0.505].map((score) => ({ score, count: 33 }));
    expect(compareScores(near, votes(8, 2))?.p).toBeCloseTo(0.051, 3);
    // Where both agree it is found.
    expect(compareScores(near, votes(30, 3))?.p).toBeLessThan(0.001);
    expect(compareScores([{ score: 0.5, count: 9 }], [{ score: 0.9, count: 9 }])?.p).toBeLessThan(
      0.001,
    );
    expect(compareScores(near, votes(1, 0))?.p).toBeCloseTo(0.01, 2);
  });

  it('of many on both sides is Welch’s test', () => {
    // 80 % against 77 % of 2,000 each: t = 2.312, twice the tail 0.0208.
    const found = compareScores(votes(1_600, 400), votes(1_540, 460));
    expect(found?.difference).toBeCloseTo(-0.03, 12);
    expect(found?.p).toBeCloseTo(0.0208, 3);
  });
});
