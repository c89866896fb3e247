import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, splitTokens } from '../../src/simulator/tokens.ts';
import { fixture } from './support.ts';

describe('the tokenizer', () => {
  it('takes no character away and splits none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        for (const family of ['v3', 'v47'] as const) {
          const tokens = splitTokens(text, family);
          expect(tokens.join('')).toBe(text);
          expect(tokens.every((token) => !/\p{Cs}/u.test(token) && token !== '')).toBe(true);
        }
      }),
    );
  });

  it('reads a long run of blanks once, a line break behind it or none', () => {
    for (const end of ['', 'a', '\n', '\na']) {
      const text = `a${' '.repeat(200_000)}${end}`;
      expect(splitTokens(text, 'v47').join('')).toBe(text);
    }
  });

  it('has about 3.65 characters of English prose in a token, as Claude 3 had', () => {
    const prose = fixture('article.txt');
    expect(prose.length / countTokens(prose, 'v3')).toBeCloseTo(3.8, 0);
  });

  it('needs about 30 percent more tokens for the newer models', () => {
    const prose = fixture('article.txt');
    expect(countTokens(prose, 'v47') / countTokens(prose, 'v3')).toBeCloseTo(1.3, 1);
  });

  it('counts nearly every character of Chinese', () => {
    const text = '我们的退货政策是什么请在三十天内退回商品';
    expect(text.length / countTokens(text, 'v3')).toBeLessThan(1.3);
  });
});
