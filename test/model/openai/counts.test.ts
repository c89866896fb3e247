import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCounts } from '../../../src/model/openai/chunk.ts';

const tokens = fc.nat({ max: 2_000_000 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

describe('counts of a chat completion', () => {
  it('have parts of the prompt that add up to what the server said', () => {
    fc.assert(
      fc.property(tokens, tokens, (cached, rest) => {
        const { input = 0, cache_read = 0 } = toCounts({
          prompt_tokens: cached + rest,
          prompt_tokens_details: { cached_tokens: cached },
        });
        expect([input, cache_read]).toEqual([rest, cached]);
      }),
    );
  });

  it('are never negative, and no part is larger than its whole', () => {
    const told = fc.record({
      prompt_tokens: maybe(tokens),
      completion_tokens: maybe(tokens),
      prompt_tokens_details: fc.record({ cached_tokens: maybe(tokens) }),
      completion_tokens_details: fc.record({ reasoning_tokens: maybe(tokens) }),
    });
    fc.assert(
      fc.property(told, (usage) => {
        const { input = 0, cache_read = 0, output, thinking = 0, ...rest } = toCounts(usage);
        expect(rest).toEqual({});
        expect(Math.min(input, cache_read, output ?? 0, thinking)).toBeGreaterThanOrEqual(0);
        if (usage.prompt_tokens !== undefined) expect(input + cache_read).toBe(usage.prompt_tokens);
        expect(output).toBe(usage.completion_tokens);
        expect(thinking).toBeLessThanOrEqual(output ?? thinking);
      }),
    );
  });

  it('take reasoning into the output where the total shows that it was left out', () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, (prompt, completion, reasoning) => {
        const told = { prompt_tokens: prompt, completion_tokens: completion };
        const details = { completion_tokens_details: { reasoning_tokens: reasoning } };
        const apart = { ...told, ...details, total_tokens: prompt + completion + reasoning };
        expect(toCounts(apart)).toMatchObject({
          output: completion + reasoning,
          thinking: reasoning,
        });
        if (reasoning === 0) return;
        const within = { ...told, ...details, total_tokens: prompt + completion };
        expect(toCounts(within).output).toBe(completion);
      }),
    );
  });

  it('keep a zero a zero and leave out what is missing', () => {
    expect(toCounts({ prompt_tokens: 0, completion_tokens: 0 })).toEqual({ input: 0, output: 0 });
    const zeros = { prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 0 } };
    expect(toCounts(zeros)).toEqual({ input: 7, cache_read: 0 });
    expect(toCounts({})).toEqual({});
  });

  it.each([null, '7', -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'do not take %o for a number of tokens',
    (wrong) => {
      const usage = { prompt_tokens: wrong, completion_tokens: wrong };
      expect(toCounts({ ...usage, prompt_tokens_details: null })).toEqual({});
    },
  );
});
