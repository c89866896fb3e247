import { describe, expect, it } from 'vitest';
import { route } from '../../src/model/route.ts';

const short = (): number => 100;
const unasked = (): number => {
  throw new Error('the size does not matter here');
};

describe('the route', () => {
  it.each([
    ['simple', 'fast'],
    ['standard', 'balanced'],
    ['hard', 'deep'],
  ] as const)('of a %s task is the chain %s', (complexity, chain) => {
    const picked = route({ complexity, quality: undefined, inputTokens: short });
    expect(picked.chain).toBe(chain);
    expect(picked.reason).toContain(complexity);
    expect(picked.reason).toContain(chain);
  });

  it.each([
    ['fast', 'fast'],
    ['balanced', 'balanced'],
    ['best', 'deep'],
  ] as const)(
    'is the caller’s wish before the tool’s and the size of the prompt: quality %s is the chain %s',
    (quality, chain) => {
      for (const complexity of ['simple', 'standard', 'hard'] as const) {
        const picked = route({ complexity, quality, inputTokens: unasked });
        expect(picked.chain).toBe(chain);
        expect(picked.reason).toContain(`"${quality}"`);
      }
    },
  );

  it.each([
    ['simple', 30_000, 'fast', 'balanced'],
    ['standard', 150_000, 'balanced', 'deep'],
  ] as const)(
    'of a %s task with more than %i tokens is one harder, and says so',
    (...[complexity, most, chain, harder]) => {
      const at = (tokens: number) =>
        route({ complexity, quality: undefined, inputTokens: () => tokens });
      expect(at(most).chain).toBe(chain);
      expect(at(most + 1).chain).toBe(harder);
      expect(at(most + 1).reason).toContain(
        `this prompt has about ${String(most + 1)} tokens, more than ${String(most)}: chain ${harder} instead of ${chain}.`,
      );
    },
  );

  it('is what the prompt was written for before what the tool says, and after what the caller wishes', () => {
    const task = { complexity: 'simple', ofPrompt: 'deep', inputTokens: unasked } as const;
    const picked = route({ ...task, quality: undefined });
    expect(picked).toEqual({ chain: 'deep', reason: 'The prompt was written for chain deep.' });
    expect(route({ ...task, quality: 'fast' }).chain).toBe('fast');
  });

  it('of the hardest task does not count the prompt: nothing is harder', () => {
    const picked = route({ complexity: 'hard', quality: undefined, inputTokens: unasked });
    expect(picked.chain).toBe('deep');
  });
});
