import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWellFormed, looksLikeOurs, mintSecret, prefixOf } from '../../src/identity/secret.ts';
import { runs } from '../support/depth.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Secrets of every kind, by numbers that fast-check can repeat and shrink. */
const secrets = fc
  .array(fc.nat(ALPHABET.length - 1), { minLength: 32, maxLength: 32 })
  .map((numbers) => {
    const left = [...numbers];
    return mintSecret(() => left.pop() ?? 0);
  });

describe('a secret', () => {
  it('is tg_live_, 32 characters and 6 that check them, letters and digits only', () => {
    expect(mintSecret()).toMatch(/^tg_live_[0-9A-Za-z]{38}$/);
  });

  it('uses every letter and digit, and is asked for one of 62 each time', () => {
    const asked: number[] = [];
    const from = (start: number): string =>
      mintSecret((below) => {
        asked.push(below);
        return (start + asked.length - 1) % below;
      });
    const found = new Set(`${from(0).slice(8, 40)}${from(0).slice(8, 40)}`);
    expect([...found].sort().join('')).toBe(ALPHABET);
    expect(asked).toEqual(Array.from({ length: 64 }, () => 62));
  });

  it('is another one each time', () => {
    const many = Array.from({ length: 1_000 }, () => mintSecret());
    expect(new Set(many).size).toBe(1_000);
    expect(new Set(many.map((each) => each.slice(8, 40))).size).toBe(1_000);
  });

  it('is well-formed as it was made', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(isWellFormed(secret)).toBe(true);
      }),
    );
  });

  it('with any one character changed is mistyped', () => {
    const anyChar = fc.oneof(
      fc.constantFrom(...Array.from(ALPHABET)),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(secrets, fc.nat(45), anyChar, (secret, at, char) => {
        fc.pre(char !== secret[at]);
        expect(isWellFormed(secret.slice(0, at) + char + secret.slice(at + 1))).toBe(false);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('with two neighbours swapped is mistyped', () => {
    fc.assert(
      fc.property(secrets, fc.nat(44), (secret, at) => {
        const [a = '', b = ''] = secret.slice(at, at + 2);
        fc.pre(a !== b);
        expect(isWellFormed(secret.slice(0, at) + b + a + secret.slice(at + 2))).toBe(false);
      }),
      { numRuns: runs(500) },
    );
  });

  it.each<[string, (secret: string) => string]>([
    ['cut short', (secret) => secret.slice(0, -1)],
    ['too long', (secret) => `${secret}0`],
    ['in spaces', (secret) => ` ${secret} `],
    ['with a line end', (secret) => `${secret}\n`],
    ['in quotes', (secret) => `"${secret}"`],
    ['in capitals', (secret) => secret.toUpperCase()],
    ['only its prefix', prefixOf],
    ['nothing', () => ''],
  ])('%s is mistyped', (_what, mangle) => {
    // Fixed, so that no chance makes it all capitals.
    expect(isWellFormed(mangle(mintSecret(() => 40)))).toBe(false);
  });

  it('shows its first four random characters, and nothing of the others', () => {
    const secret = mintSecret();
    expect(prefixOf(secret)).toBe(secret.slice(0, 12));
    expect(prefixOf(secret)).toMatch(/^tg_live_\w{4}$/);
  });
});

describe('whoever sends', () => {
  it.each([
    [mintSecret(), true],
    ['tg_live_half', true],
    ['tg_test_1', true],
    ['tg', false],
    ['sk-ant-api03-x', false],
    ['', false],
  ])('%j believes in a key of ours: %s', (text, believes) => {
    expect(looksLikeOurs(text)).toBe(believes);
  });
});
