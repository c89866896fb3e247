import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replyField } from '../../src/model/reply-field.ts';
import { runs } from '../support/depth.ts';

const FIELD = 'answer';

/** Text with everything that JSON may write in two ways: quotes, controls, pairs, lone halves. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '/', '{', '}', '[', ']', ':', ',', '\n', '\t', '\u0000', FIELD),
    fc.constantFrom('é', 'ж', '水', '😀', '👩🏽‍🚀', '\ud83d', '\ude00'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

/** Anything JSON holds, with the wanted name also where it is not wanted. */
const { other } = fc.letrec((tie) => ({
  other: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('other'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constant(FIELD), text), tie('other'), { maxKeys: 3 }),
  ),
}));

const reply = fc
  .record({
    before: fc.array(fc.tuple(text, other), { maxLength: 3 }),
    value: text,
    after: fc.array(fc.tuple(text, other), { maxLength: 3 }),
  })
  .map(({ before, value, after }) => {
    const others = (entries: [string, unknown][]) => entries.filter(([key]) => key !== FIELD);
    return Object.fromEntries([...others(before), [FIELD, value], ...others(after)]);
  });

/** JSON as a model may write it: tight, indented, or with every unit of text escaped. */
const written = fc
  .tuple(reply, fc.constantFrom('tight', 'indented', 'escaped'))
  .map(([object, how]) => {
    const json = JSON.stringify(object, null, how === 'indented' ? 2 : 0);
    const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    // eslint-disable-next-line no-control-regex -- everything beyond ASCII
    return { object, json: how === 'escaped' ? json.replace(/[^\x00-\x7f]/g, escape) : json };
  });

function cut(json: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  let at = 0;
  for (let i = 0; at < json.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(json.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const pushAll = (json: string, sizes: readonly number[] = [1]): string[] => {
  const field = replyField(FIELD);
  return cut(json, sizes).map((chunk) => field.push(chunk));
};

const isWhole = (piece: string): boolean => !/\p{Surrogate}/u.test(piece);

describe('replyField', () => {
  it('gives the whole text of the field, however the reply is written and cut', () => {
    fc.assert(
      fc.property(
        written,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        ({ object, json }, sizes) => {
          expect(pushAll(json, sizes).join('')).toBe(object[FIELD]);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it('never gives half a character unless the text itself has one', () => {
    fc.assert(
      fc.property(written, ({ object, json }) => {
        fc.pre(isWhole(object[FIELD] as string));
        expect(pushAll(json).every(isWhole)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  it('gives text as soon as it is there, not when the field ends', () => {
    const field = replyField(FIELD);
    expect(field.push('{"answer":"With')).toBe('With');
    expect(field.push('in 30')).toBe('in 30');
    expect(field.push(' days\\')).toBe(' days');
    expect(field.push('n')).toBe('\n');
  });

  it('keeps the first half of a character until the second is there', () => {
    const field = replyField(FIELD);
    expect(field.push('{"answer":"a\ud83d')).toBe('a');
    expect(field.push('\ude00b"')).toBe('\ud83d\ude00b');
  });

  it.each([
    ['at the end', 'a\ud83d'],
    ['before a letter', '\ud83da'],
    ['before a whole character', '\ud83d😀'],
    ['alone', '\ude00'],
  ])('passes on half a character of the text itself: %s', (_where, value) => {
    expect(pushAll(`{"answer":"${value}","b":"c"}`).join('')).toBe(value);
    expect(pushAll(JSON.stringify({ [FIELD]: value, b: 'c' })).join('')).toBe(value);
  });

  it.each([
    ['in an object further in', { a: { answer: 'no' }, b: [{ answer: 'no' }] }],
    ['as a value', { a: 'answer', b: ['answer', 'no'] }],
    ['with a value that is no text', { answer: 5, a: 'no' }],
    ['with a list of texts', { answer: ['no'], a: 'no' }],
    ['as part of a longer name', { answers: 'no', 'the answer': 'no', 'answer"': 'no' }],
  ])('is not misled by the name %s', (_where, object) => {
    expect(pushAll(JSON.stringify(object)).join('')).toBe('');
  });
});
