import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromMeta,
  IDEMPOTENCY_META_KEY,
  parseIdempotencyKey,
} from '../../../src/fronts/shared/idempotency-key.ts';

const visible = (length: { minLength: number; maxLength: number }): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    ...length,
  });
const key = visible({ minLength: 1, maxLength: 255 });
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** What reading a key throws. */
function problemOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

const REFUSED: [string, string][] = [
  ['nothing', ''],
  ['an empty string', '""'],
  ['a space', '"a b"'],
  ['a space without quotes', 'a b'],
  ['two headers in one', '"a", "b"'],
  ['an umlaut', '"k\u00f6nig"'],
  ['a control character', 'a\tb'],
  ['a line break at the end', 'abc\n'],
  ['a quote that is not closed', '"abc'],
  ['a quote that is not opened', 'abc"'],
  ['a quote inside', '"a"b"'],
  ['a backslash before a letter', '"a\\b"'],
  ['a backslash at the end', '"a\\"'],
  ['a parameter', '"abc";v=1'],
  ['256 characters', `"${'a'.repeat(256)}"`],
  ['256 characters without quotes', 'a'.repeat(256)],
];

describe('the header Idempotency-Key', () => {
  it('is a quoted string; the quotes are not part of the key', () => {
    expect(parseIdempotencyKey('"8e03978e-40d5"')).toBe('8e03978e-40d5');
    expect(parseIdempotencyKey(String.raw`"a\"b\\c"`)).toBe(String.raw`a"b\c`);
  });

  it('may come without quotes, and means the same key then', () => {
    expect(parseIdempotencyKey('8e03978e-40d5')).toBe('8e03978e-40d5');
    expect(parseIdempotencyKey('order:7/retry=1;x')).toBe('order:7/retry=1;x');
  });

  it('carries every key of up to 255 visible characters', () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(parseIdempotencyKey(quoted(text))).toBe(text);
      }),
    );
    expect(parseIdempotencyKey(`"${'"'.repeat(255).replaceAll('"', '\\"')}"`)).toHaveLength(255);
  });

  it.each(REFUSED)('is refused with the right form when it is %s', (_what, text) => {
    expect(problemOf(() => parseIdempotencyKey(text))).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/Idempotency-Key .*1 to 255 .*"8e03978e-/) as string,
    });
  });

  it('is read or refused, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const read = problemOf(() => parseIdempotencyKey(text));
        if (typeof read === 'string') expect(read).toMatch(/^[!-~]{1,255}$/);
        else expect(read).toMatchObject({ code: 'invalid_request' });
      }),
    );
  });
});

describe('the key in _meta', () => {
  it('is taken as it stands', () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(fromMeta(text)).toBe(text);
      }),
    );
  });

  it('may be absent', () => {
    expect(fromMeta(undefined)).toBeNull();
    expect(fromMeta(null)).toBeNull();
  });

  it.each([['', 'a b', 'a'.repeat(256), 'k\u00f6nig', 7, true, {}, ['abc']]].flat())(
    'is refused with the right form when it is %j',
    (value) => {
      const found = problemOf(() => fromMeta(value)) as Error;
      expect(found).toMatchObject({ code: 'invalid_request' });
      expect(found.message).toContain(`_meta["${IDEMPOTENCY_META_KEY}"] must be a string`);
    },
  );
});
