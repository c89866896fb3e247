import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewestLabels, upperBound } from '../../../src/cache/evidence/bound.ts';

const ALPHA = 0.05;

/** P(Bin(judged, share) <= wrong), term by term from zero: another way than that of the bound. */
function atMost(wrong: number, judged: number, share: number): number {
  let [term, sum] = [(1 - share) ** judged, 0];
  for (let each = 0; each <= wrong; each += 1) {
    sum += term;
    term *= ((judged - each) / (each + 1)) * (share / (1 - share));
  }
  return sum;
}

const counts = fc
  .integer({ min: 1, max: 400 })
  .chain((judged) => fc.tuple(fc.integer({ min: 0, max: judged - 1 }), fc.constant(judged)));
const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });

describe('the upper bound of the wrong share', () => {
  /** Computed for the reference: with so many wrong, so many labels are needed. */
  it.each([
    [0.01, [299, 473, 628, 773, 1_049]],
    [0.02, [149, 236, 313, 386, 523]],
    [0.05, [59, 93, 124, 153, 208]],
  ])('is %d or less from that many labels on: %j', (share, needed) => {
    for (const [index, wrong] of [0, 1, 2, 3, 5].entries()) {
      const judged = needed[index] ?? 0;
      expect(upperBound(wrong, judged, ALPHA)).toBeLessThanOrEqual(share);
      expect(upperBound(wrong, judged - 1, ALPHA)).toBeGreaterThan(share);
    }
  });

  /** The reference's own audits: wrong hits of the canonical key among 456. */
  it.each([
    [2, 0.014],
    [4, 0.02],
    [7, 0.029],
  ])('with %d wrong of 456 is %d', (wrong, share) => {
    expect(upperBound(wrong, 456, ALPHA)).toBeCloseTo(share, 3);
  });

  it('is 1 without evidence, and where all is wrong', () => {
    expect(upperBound(0, 0, ALPHA)).toBe(1);
    expect(upperBound(7, 7, ALPHA)).toBe(1);
  });

  it('solves its equation to a billionth', () => {
    fc.assert(
      // The sum from zero is exact only where its first term is no underflow.
      fc.property(counts, alphas, ([some, judged], alpha) => {
        const wrong = Math.floor(some / 2);
        const bound = upperBound(wrong, judged, alpha);
        expect(atMost(wrong, judged, bound * (1 - 1e-9))).toBeGreaterThanOrEqual(alpha);
        expect(atMost(wrong, judged, bound * (1 + 1e-9))).toBeLessThanOrEqual(alpha);
      }),
    );
  });

  it('rises with what is wrong and with the confidence, and falls with what is judged', () => {
    fc.assert(
      fc.property(counts, alphas, ([wrong, judged], alpha) => {
        const bound = upperBound(wrong, judged, alpha);
        expect(upperBound(wrong + 1, judged, alpha)).toBeGreaterThan(bound);
        expect(upperBound(wrong, judged + 1, alpha)).toBeLessThan(bound);
        expect(upperBound(wrong, judged, alpha / 2)).toBeGreaterThan(bound);
      }),
    );
  });

  it('stands a great many labels', () => {
    const bound = upperBound(10_000, 1_000_000, ALPHA);
    expect(bound).toBeGreaterThan(0.01);
    // Normal approximation: 1.645 standard errors above.
    expect(bound).toBeCloseTo(0.01 + 1.645 * Math.sqrt((0.01 * 0.99) / 1_000_000), 5);
  });

  it.each([
    [-1, 5, 0.05],
    [6, 5, 0.05],
    [0.5, 5, 0.05],
    [0, Number.NaN, 0.05],
    [0, 5, 0],
    [0, 5, 0.6],
    [0, 5, Number.NaN],
  ])('is refused for %d of %d at %d', (wrong, judged, alpha) => {
    expect(() => upperBound(wrong, judged, alpha)).toThrow(RangeError);
  });
});

describe('the fewest labels', () => {
  /** Computed for the reference: none wrong, at look 1, 2, 3, 5, 10. */
  it.each([
    [0.01, [348, 486, 567, 668, 806]],
    [0.02, [173, 242, 282, 333, 401]],
    [0.05, [69, 96, 111, 131, 158]],
  ])('that bring it down to %d at later and later looks are %j', (share, needed) => {
    const found = [1, 2, 3, 5, 10].map((look) =>
      fewestLabels(share, (6 * ALPHA) / (Math.PI * look) ** 2),
    );
    expect(found).toEqual(needed);
  });

  it('are without number where nothing may be wrong', () => {
    expect(fewestLabels(0, ALPHA)).toBe(Infinity);
  });
});
