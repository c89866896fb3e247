import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readBoolean,
  readCurrency,
  readDate,
  readEmail,
  readNumber,
} from '../../../tools/fallback/read-values.ts';

describe('a date', () => {
  it.each([
    ['2026-09-14', '2026-09-14'],
    ['14 September 2026', '2026-09-14'],
    ['Thu, 17 September 2026 21:14', '2026-09-17'],
    ['the 3rd of nothing, but 3rd Sept. 2026', '2026-09-03'],
    ['September 14, 2026', '2026-09-14'],
    ['14. May 2026', '2026-05-14'],
    ['3.9.2026', '2026-09-03'],
    ['29 February 2028', '2028-02-29'],
  ])('is read from %j', (text, date) => {
    expect(readDate(text)).toBe(date);
  });

  it.each([
    ['3/9/2026', 'a day to some and a month to others'],
    ['31 February 2026', 'no day'],
    ['2026-13-01', 'no month'],
    ['3 Marble 2026', 'no month either'],
    ['1 May 2026 to 3 May 2026', 'two'],
    ['May', 'half of one'],
    ['', 'nothing'],
  ])('is not read from %j, which is %s', (text) => {
    expect(readDate(text)).toBeNull();
  });
});

describe('a number', () => {
  it.each([
    ['42', 42],
    ['318.50 EUR', 318.5],
    ['$1,234.56', 1234.56],
    ['1.234,56 €', 1234.56],
    ["1'234.50 CHF", 1234.5],
    ['12,50', 12.5],
    ['1,008', 1008],
    ['1.234.567', 1_234_567],
    ['1\u202f234', 1234],
    ['−122.10', -122.1],
    ['20 %', 20],
    ['0.125', 0.125],
  ])('is read from %j', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  it.each(['1.234', '5 to 7', '3 million', 'PO-774', '1,23,4', '12 or so', '', '9'.repeat(30)])(
    'is not read from %j, which has another reading or none',
    (text) => {
      expect(readNumber(text)).toBeNull();
    },
  );

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(99), (whole, cents) => {
        const written = `${whole.toLocaleString('en-US')}.${String(cents).padStart(2, '0')}`;
        expect(readNumber(written)).toBe(Number(written.replaceAll(',', '')));
      }),
    );
  });
});

describe('yes and no', () => {
  it('are read as they stand and nothing else is', () => {
    expect(['Yes', 'true', 'no', 'FALSE', 'yes please'].map(readBoolean)).toEqual([
      true,
      true,
      false,
      false,
      null,
    ]);
  });
});

describe('an e-mail address', () => {
  it.each([
    ['Peter <p.lindqvist@mailbox.example>', 'p.lindqvist@mailbox.example'],
    ['Write to help@larkfield.example.', 'help@larkfield.example'],
    ['a@b.example or a@b.example', 'a@b.example'],
  ])('is read from %j', (text, address) => {
    expect(readEmail(text)).toBe(address);
  });

  it.each([
    'a@b.example or c@d.example',
    'a..b@c.example',
    '@home',
    'a@b',
    `${'a'.repeat(300)}@b.de`,
  ])('is not read from %j', (text) => {
    expect(readEmail(text)).toBeNull();
  });
});

describe('a currency', () => {
  it.each([
    ['Total 5 EUR, tax 1 EUR', 'EUR'],
    ['£5 or 5 GBP', 'GBP'],
    ['5 EUR or 4 GBP', null],
    ['$5', null],
    ['EUROPE', null],
  ])('of %j is %j', (text, currency) => {
    expect(readCurrency(text)).toBe(currency);
  });
});
