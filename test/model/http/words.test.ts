import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mintSecret } from '../../../src/identity/secret.ts';
import { buildCleaner, LONGEST_NAME } from '../../../src/model/http/words.ts';

const KEY = 'pk.live/9f3c2a77b1e64d08a5';
const cleaner = buildCleaner([KEY]);

describe('the words of a provider', () => {
  it.each([
    ['the key it was sent', `Incorrect API key provided: ${KEY}.`],
    ['a part of it', `Incorrect API key: ${KEY.slice(0, 14)}…`],
    ['its end, with stars before it', `Key ****${KEY.slice(-10)} is no good`],
    ['it within JSON', JSON.stringify({ headers: { 'x-api-key': KEY } })],
  ])('lose %s', (_what, said) => {
    const words = cleaner.words(said);
    expect(words).toContain('[secret]');
    for (let at = 0; at + 8 <= KEY.length; at += 1)
      expect(words).not.toContain(KEY.slice(at, at + 8));
  });

  it.each([
    ['a key of ours', mintSecret()],
    ['an Anthropic key', 'sk-ant-api03-abcDEF123_-xyz987'],
    ['an OpenAI key that is masked', 'sk-proj-abc12***********9xyz'],
    ['a token in a header', 'Bearer abc.def.ghi'],
    ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['a header', 'x-api-key: whatever-it-was'],
  ])('lose %s, whoever it belongs to', (_what, secret) => {
    expect(cleaner.words(`You sent ${secret} to us`)).not.toContain(secret.slice(-8));
  });

  it('are otherwise what was said', () => {
    const said = 'max_tokens: 4096 > 2048, which is the limit of llama-3.3-70b-instruct (skip it)';
    expect(cleaner.words(said)).toBe(said);
  });

  it('have no control characters, and are a few lines at most', () => {
    expect(cleaner.words('a\u001b[31mb\r\nc\u0000d')).toBe('a [31mb c d');
    expect(cleaner.words('x'.repeat(100_000)).length).toBeLessThanOrEqual(300);
  });

  it('never hold eight characters in a row of the key, wherever they stand', () => {
    const around = fc.string({ maxLength: 400 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const words = cleaner.words(`${before}${KEY}${after}`);
        for (let at = 0; at + 8 <= KEY.length; at += 1)
          expect(words).not.toContain(KEY.slice(at, at + 8));
      }),
    );
  });

  it('are not searched for words that anybody says', () => {
    expect(buildCleaner(['none']).words('There is none.')).toBe('There is none.');
  });
});

describe('a name', () => {
  it.each([
    42,
    null,
    undefined,
    {},
    '',
    ' ',
    'two words',
    'zeilen\numbruch',
    'ü',
    'x'.repeat(LONGEST_NAME + 1),
  ])('is none: %j', (value) => {
    expect(cleaner.name(value)).toBeNull();
  });

  it('is not the key', () => {
    expect(cleaner.name(KEY)).toBeNull();
    expect(cleaner.name(`req_${KEY}`)).toBeNull();
    expect(cleaner.name('req_011CSHoEeqs5C35K2UUqR7Fy')).toBe('req_011CSHoEeqs5C35K2UUqR7Fy');
  });
});

describe('an error', () => {
  it('keeps its name, its code and its causes, and loses the key everywhere', () => {
    const cause = Object.assign(new Error(`connect to ${KEY}`), { code: 'ECONNRESET' });
    const error = new TypeError(`fetch failed with ${KEY}`, { cause });
    const cleaned = cleaner.error(error) as Error & { cause: Error };
    expect(cleaned).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed with [secret]',
      cause: { code: 'ECONNRESET', message: 'connect to [secret]' },
    });
    expect(`${String(cleaned.stack)}${String(cleaned.cause.stack)}`).not.toContain(KEY);
    expect(cleaned.stack).toContain('words.test.ts');
  });
});
