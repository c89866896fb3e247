import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAllowance } from '../../src/model/allowance.ts';

describe('an allowance', () => {
  it('pays what fits in what is left, to the last nano-dollar', () => {
    const allowance = openAllowance(100);
    expect(allowance.pays(100)).toBe(true);
    expect(allowance.pays(101)).toBe(false);
    allowance.spend(60);
    expect(allowance.leftNanoUsd).toBe(40);
    expect(allowance.pays(40)).toBe(true);
    expect(allowance.pays(41)).toBe(false);
  });

  it('is never overdrawn by attempts that cost no more than their worst case', () => {
    const attempt = fc.nat(1_000).chain((worst) => fc.tuple(fc.constant(worst), fc.nat(worst)));
    fc.assert(
      fc.property(fc.nat(5_000), fc.array(attempt), (total, attempts) => {
        const allowance = openAllowance(total);
        let spent = 0;
        for (const [worst, cost] of attempts) {
          if (!allowance.pays(worst)) continue;
          allowance.spend(cost);
          spent += cost;
        }
        expect(spent).toBeLessThanOrEqual(total);
        expect(allowance.leftNanoUsd).toBe(total - spent);
      }),
    );
  });
});
