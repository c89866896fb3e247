import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SummarizeTextInput, SummarizeTextOutput } from '../../../schemas/tools/summarize-text.ts';
import { splitSentences } from '../../../tools/fallback/sentences.ts';
import { summarizeBySentences } from '../../../tools/fallback/summarize-by-sentences.ts';

const knowledge = { text: () => null };
const fixture = (name: string): string => readFileSync(`test/fixtures/${name}`, 'utf8');
const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
const wordsOf = (text: string): number => text.split(/\s+/).filter(Boolean).length;

const run = (input: object) => summarizeBySentences(SummarizeTextInput.parse(input), knowledge);
const summarize = (input: object): string => SummarizeTextOutput.parse(run(input)).summary;

const texts = [
  'news-paragraph.txt',
  'complaint-email.txt',
  'invoice.txt',
  'order-email.txt',
  'meeting-notes.txt',
  'long-report.md',
];

describe.each(texts)('a summary of %s without a model', (name) => {
  const text = fixture(name);
  const sentences = splitSentences(text);

  it.each([5, 20, 60, 120, 1_000])('has at most %i words in every style', (maxWords) => {
    for (const style of ['paragraph', 'bullets', 'headline']) {
      const summary = summarize({ text, style, max_words: maxWords });
      expect(summary).not.toBe('');
      expect(wordsOf(summary)).toBeLessThanOrEqual(maxWords);
    }
  });

  it('is whole sentences of the text, in its order', () => {
    const bullets = summarize({ text, style: 'bullets' }).split('\n');
    expect(bullets.length).toBeGreaterThan(1);
    expect(bullets.every((line) => line.startsWith('- '))).toBe(true);
    const places = bullets.map((line) => sentences.indexOf(line.slice(2)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('a summary without a model', () => {
  it('takes the sentences that share most with the others', () => {
    const text = [
      'The council met on Tuesday.',
      'It approved the new bus line to the harbour, which will start in May.',
      'The bus line to the harbour runs every ten minutes.',
      'Somebody coughed.',
      'Harbour workers had asked for a bus line in May.',
    ].join(' ');
    const summary = summarize({ text, max_words: 40 });
    expect(summary).toContain('It approved the new bus line to the harbour');
    expect(summary).not.toContain('Somebody coughed.');
  });

  it('is never the whole text', () => {
    const text = 'The first thing was said. The second thing was done. Nobody knew a third one.';
    expect(wordsOf(summarize({ text }))).toBeLessThan(wordsOf(text));
  });

  it('does not say the same twice', () => {
    const text = 'The bus line starts in May. The bus line starts in May. Tickets cost five euros.';
    const bullets = summarize({ text, style: 'bullets' }).split('\n');
    expect(new Set(bullets).size).toBe(bullets.length);
  });

  it.each([
    ['long-report.md', 'Larkfield operations review 2025'],
    ['complaint-email.txt', 'Third e-mail about order LF-3308126, still no refund'],
    ['meeting-notes.txt', 'Returns working group - notes'],
  ])('takes the headline of %s from the text itself', (name, title) => {
    expect(summarize({ text: fixture(name), style: 'headline' })).toBe(title);
  });

  it('has the beginning of the main sentence as headline of a text without a title, marked as cut', () => {
    const text = fixture('news-paragraph.txt');
    expect(summarize({ text, style: 'headline', max_words: 8 })).toBe(
      'The garden retailer Larkfield will replace the plastic…',
    );
    expect(summarize({ text, style: 'headline', max_words: 60 })).toMatch(/on Tuesday$/);
  });

  it('cuts the first sentence when none fits', () => {
    const text = `${'very '.repeat(30)}long. And this one is ${'very '.repeat(30)}long too.`;
    expect(summarize({ text, max_words: 5 })).toBe('very very very very very…');
    expect(summarize({ text, max_words: 5, style: 'bullets' })).toBe('- very very very very…');
  });

  it('is none of what cannot be quoted in a few words', () => {
    expect(run({ text: 'a'.repeat(200_000) })).toBeNull();
    expect(run({ text: '.', style: 'headline' })).toBeNull();
  });

  it('of anything fits the schema and the limit, is a quote and is always the same', () => {
    const piece = fc.constantFrom(
      'Bus line. ',
      'May',
      '!\n',
      '\n\n',
      '- ',
      '# ',
      '関係。',
      '\ud800',
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 50 })
      .map((parts) => parts.join(''))
      .filter((each) => each.trim() !== '');
    const style = fc.constantFrom('paragraph', 'bullets', 'headline');
    fc.assert(
      fc.property(text, style, fc.integer({ min: 5, max: 40 }), (source, shape, maxWords) => {
        const input = { text: source, style: shape, max_words: maxWords };
        const output = run(input);
        expect(run(input)).toEqual(output);
        if (!output) return;
        const { summary } = SummarizeTextOutput.parse(output);
        expect(wordsOf(summary)).toBeLessThanOrEqual(maxWords);
        const whole = squeeze(source);
        // Lines without a full stop run into the next sentence of a paragraph: there, word by word.
        for (const part of summary.split(shape === 'bullets' ? '\n- ' : ' ')) {
          expect(whole).toContain(part.replace(/^- |…$/g, ''));
        }
      }),
    );
  });

  it('of 25,000 short lines or one endless line is fine', () => {
    const lines = Array.from({ length: 25_000 }, (_, i) => `w${String(i)}`).join('\n');
    for (const text of [
      lines,
      'x. '.repeat(66_000),
      `a${' '.repeat(199_000)}b`,
      '# h\n'.repeat(5e4),
    ]) {
      expect(wordsOf(summarize({ text: text.slice(0, 200_000) }))).toBeLessThanOrEqual(120);
    }
  });
});
