import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTermReader, countWords, firstWords, stem } from '../../../tools/fallback/words.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

describe('the stem of a word', () => {
  it.each([
    ['ship', 'ships', 'shipped', 'shipping', 'shipment'],
    ['deliver', 'delivery', 'deliveries', 'delivered'],
    ['cancel', 'cancelled', 'cancellation', 'cancelling'],
    ['address', 'addresses'],
    ['pay', 'paid', 'payment', 'payments'],
    ['order', 'orders', 'ordered', 'ordering'],
    ['number', 'numbers', 'nr'],
    ['sell', 'sold', 'selling'],
  ])('is the same for the forms of %s', (word, ...forms) => {
    expect(new Set(forms.map(stem))).toEqual(new Set([stem(word)]));
  });

  it.each([
    ['card', 'care'],
    ['business', 'busy'],
    ['parcel', 'part'],
  ])('keeps %s and %s apart', (one, other) => {
    expect(stem(one)).not.toBe(stem(other));
  });

  it('of a word that every object has as a key is that word', () => {
    expect(['constructor', '__proto__', 'valueof'].map(stem)).toEqual([
      'constructor',
      '__proto__',
      'valueof',
    ]);
  });
});

describe('the terms of a text', () => {
  it('leave out how questions are put', () => {
    expect(buildTermReader()('How do I get my parcels back?')).toEqual(['parcel', 'back']);
  });

  it('are pairs of characters where no space ends a word', () => {
    expect(buildTermReader()('返品方法')).toEqual(['返品', '品方', '方法']);
  });

  it('are the same when the reader has met the words before', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const readTerms = buildTermReader();
        expect(readTerms(text)).toEqual(readTerms(text));
      }),
    );
  });
});

describe('counting words', () => {
  it('goes by spaces, and by characters in scripts without them', () => {
    expect(countWords('two  words')).toBe(2);
    expect(countWords('漢字 and kana')).toBe(4);
  });

  it('never counts fewer than spaces do', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countWords(text)).toBeGreaterThanOrEqual(text.split(/\s+/).filter(Boolean).length);
      }),
    );
  });

  it('cuts a beginning that keeps to both limits', () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), fc.nat(100), (text, words, chars) => {
        const beginning = firstWords(text, words, chars);
        expect(text.startsWith(beginning)).toBe(true);
        expect(countWords(beginning)).toBeLessThanOrEqual(words);
        expect(beginning.length).toBeLessThanOrEqual(chars);
      }),
    );
  });

  it('keeps a text that is within the limits', () => {
    expect(firstWords('all of it', 3, 9)).toBe('all of it');
    expect(firstWords('all of it', 2, 9)).toBe('all of');
    expect(firstWords('all of it', 3, 8)).toBe('all of');
  });
});
