import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signFlipTest } from '../../../src/eval/stats/sign-flip.ts';
import { runs } from '../../support/depth.ts';

const score = fc.integer({ min: -4, max: 4 }).map((quarters) => quarters / 4);
const differences = (maxLength: number) => fc.array(score, { maxLength });

/** All 2^n arrangements, written out. */
function byHand(given: readonly number[]): number {
  const sums = given.reduce<number[]>(
    (all, each) => all.flatMap((sum) => [sum + each, sum - each]),
    [0],
  );
  const observed = Math.abs(given.reduce((sum, each) => sum + each, 0));
  return sums.filter((sum) => Math.abs(sum) >= observed).length / sums.length;
}

describe('the paired test', () => {
  it.each([
    { given: [1, 1, 1, 1, 1, 1], p: 2 / 64 },
    { given: [1, 1, 1, 1, 1], p: 2 / 32 },
    { given: [1, -1, 1, 1], p: 10 / 16 },
    { given: [0.5, 0, 0, 1], p: 0.5 },
    { given: [1, -1], p: 1 },
    { given: [0, 0, 0], p: 1 },
    { given: [], p: 1 },
  ])('of $given is $p', ({ given, p }) => {
    expect(signFlipTest(given)).toBe(p);
  });

  it('is exact: the same as all arrangements written out', () => {
    fc.assert(
      fc.property(differences(9), (given) => {
        expect(signFlipTest(given)).toBe(byHand(given));
      }),
    );
  });

  it('does not care which version is the first, in which order cases come, or for ties', () => {
    fc.assert(
      fc.property(differences(30), (given) => {
        const p = signFlipTest(given);
        expect(signFlipTest(given.map((each) => -each))).toBe(p);
        expect(signFlipTest([0, ...given, 0])).toBe(p);
        if (given.length <= 20) expect(signFlipTest(given.toReversed())).toBe(p);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
      { numRuns: runs(30) },
    );
  });

  it('of more than 20 differences says about what the exact one would, and the same each time', () => {
    // 15 of 21 better: twice the upper tail of a fair coin, 0.0784.
    const given = Array.from({ length: 21 }, (_, at) => (at < 15 ? 1 : -1));
    const p = signFlipTest(given);
    expect(p).toBeGreaterThan(0.07);
    expect(p).toBeLessThan(0.087);
    expect(signFlipTest(given)).toBe(p);
  });

  it('never says that anything is impossible', () => {
    expect(signFlipTest(Array.from({ length: 200 }, () => 1))).toBe(1 / 20_001);
  });
});
