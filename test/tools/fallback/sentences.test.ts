import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProse, splitSentences } from '../../../tools/fallback/sentences.ts';

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('splitting sentences', () => {
  it.each([
    ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
    ['He said "Stop." Then he left.', ['He said "Stop."', 'Then he left.']],
    ['Ask Dr. Vos, e.g. today. She knows.', ['Ask Dr. Vos, e.g. today.', 'She knows.']],
    ['It costs 5.50 EUR. Pay T. Okafor.', ['It costs 5.50 EUR.', 'Pay T. Okafor.']],
    ['最初の文。次の文！終わり', ['最初の文。', '次の文！', '終わり']],
    ['Really? he asked.', ['Really? he asked.']],
  ])('of %j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  it('joins a line that a program wrapped, and no line that its author ended', () => {
    const text = [
      'Two planters of this item arrived chipped and are noted here. They are',
      'billed in full.',
      '- first thing',
      '- second thing',
      'Total 5',
      'Tax 1',
    ].join('\n');
    expect(splitSentences(text)).toEqual([
      'Two planters of this item arrived chipped and are noted here.',
      'They are billed in full.',
      'first thing',
      'second thing',
      'Total 5',
      'Tax 1',
    ]);
  });

  it('gives nothing that is not in the text, in its order', () => {
    const piece = fc.constantFrom('. ', '!', '\n', '  ', 'Mr. ', '- ', '"', '”', '。', 'x', '# ');
    const text = fc
      .array(fc.oneof(piece, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (source) => {
        const whole = squeeze(source);
        let from = 0;
        for (const sentence of splitSentences(source)) {
          const at = whole.indexOf(sentence, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + sentence.length;
        }
      }),
    );
  });
});

describe('prose', () => {
  it('ends like a sentence', () => {
    expect(isProse('It ends.')).toBe(true);
    expect(isProse('He said “stop.”')).toBe(true);
    expect(isProse('A heading')).toBe(false);
    expect(isProse('# What now?')).toBe(false);
    expect(isProse('| a | b. |')).toBe(false);
  });
});
