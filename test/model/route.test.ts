import { describe, expect, it } from 'vitest';
import { route } from '../../src/model/route.ts';

describe('the route', () => {
  it.each([
    ['simple', 'fast'],
    ['standard', 'balanced'],
    ['hard', 'deep'],
  ] as const)('of a %s task is the chain %s', (complexity, chain) => {
    const picked = route({ complexity }, undefined);
    expect(picked.chain).toBe(chain);
    expect(picked.reason).toContain(complexity);
    expect(picked.reason).toContain(chain);
  });

  it.each([
    ['fast', 'fast'],
    ['balanced', 'balanced'],
    ['best', 'deep'],
  ] as const)(
    'is the caller’s wish before the tool’s: quality %s is the chain %s',
    (quality, chain) => {
      for (const complexity of ['simple', 'standard', 'hard'] as const) {
        const picked = route({ complexity }, quality);
        expect(picked.chain).toBe(chain);
        expect(picked.reason).toContain(`"${quality}"`);
      }
    },
  );
});
