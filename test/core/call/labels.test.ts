import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabel, parseLabelHeader } from '../../../src/core/call/labels.ts';

const PLACE = 'It';
/** As Node gives the value of a header that was sent as UTF-8. */
const asSent = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const CONTROL = ['a\nb', 'a\r\nb', '\0', 'a\u0007b', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\ud83d'];

describe('a label', () => {
  it('is trimmed and in one spelling, however its letters are put together', () => {
    expect(parseLabel(' Zoe\u0308 ', PLACE)).toBe('Zoë');
    expect(parseLabel('Zoë', PLACE)).toBe('Zoë');
  });

  it('that is absent or empty is none', () => {
    for (const said of [undefined, null, '', '  ']) expect(parseLabel(said, PLACE)).toBeNull();
  });

  it.each(CONTROL)('with a control character is refused: %j', (said) => {
    expect(() => parseLabel(said, PLACE)).toThrow('It has line breaks or control characters.');
  });

  it('that is too long, or no text, is refused, and never taken for none', () => {
    expect(parseLabel('x'.repeat(200), PLACE)).toHaveLength(200);
    expect(() => parseLabel('x'.repeat(201), PLACE)).toThrow('It is longer than 200 characters.');
    for (const said of [7, true, {}, ['a']])
      expect(() => parseLabel(said, PLACE)).toThrow('It is not a text.');
  });
});

describe('a label in a header', () => {
  const said = (bytes: string | undefined): string | null => parseLabelHeader(bytes, 'user');

  it('is what it is in a body, sent as UTF-8 or percent-encoded', () => {
    const label = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => {
      try {
        return !/^utf-8'/i.test(text) && parseLabel(text, PLACE) !== null;
      } catch {
        return false;
      }
    });
    fc.assert(
      fc.property(label, (text) => {
        expect(said(asSent(text))).toBe(parseLabel(text, PLACE));
        expect(said(`utf-8''${encodeURIComponent(text)}`)).toBe(parseLabel(text, PLACE));
      }),
    );
  });

  it('sent as Latin-1, as fetch does, is the same label', () => {
    expect(said('zoë')).toBe('zoë');
    expect(said(asSent('zoë'))).toBe('zoë');
    expect(said("UTF-8'de'zo%C3%AB")).toBe('zoë');
    expect(said(undefined)).toBeNull();
  });

  it('with a percent sign is what it says: nothing is decoded that is not marked', () => {
    expect(said('100%25')).toBe('100%25');
  });

  it('is refused with the header named when it is wrong', () => {
    const name = 'The header x-tollgate-user';
    expect(() => said("utf-8''%C3%28")).toThrow(`${name} begins with utf-8''`);
    expect(() => said("utf-8''a%0Ab")).toThrow(`${name} has line breaks`);
    expect(() => said(asSent('a\u0085b'))).toThrow(`${name} has line breaks`);
    expect(() => said('x'.repeat(201))).toThrow(`${name} is longer than 200`);
  });
});
