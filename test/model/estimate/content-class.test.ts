import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classify,
  tallyText,
  type ContentClass,
} from '../../../src/model/estimate/content-class.ts';
import { CHINESE, TEXTS } from './texts.ts';

const classOf = (...texts: string[]): ContentClass => classify(texts.map(tallyText));
const PROSE = TEXTS.prose.find((text) => text.length > 1_500) ?? '';
const CODE = TEXTS.code.find((text) => text.length > 1_500) ?? '';
const ORDERS = TEXTS.json.findLast((text) => text.length > 2_000) ?? '';

describe('what a text consists of', () => {
  it.each(['prose', 'json', 'cjk'] as const)('is %s in every sample of it', (kind) => {
    for (const text of TEXTS[kind]) expect(`${classOf(text)}: ${text}`).toBe(`${kind}: ${text}`);
  });

  it('is code in nearly every piece of code: some are comments', () => {
    const right = TEXTS.code.filter((text) => classOf(text) === 'code');
    expect(right.length / TEXTS.code.length).toBeGreaterThan(0.9);
  });

  it.each<[string, string[], ContentClass]>([
    ['nothing', [], 'prose'],
    ['an empty text', [''], 'prose'],
    ['white space', [' \n\t\n '], 'prose'],
    ['a question', ['How do I get my money back?'], 'prose'],
    ['prose in a JSON string', [JSON.stringify({ text: PROSE })], 'prose'],
    ['a long prompt with a little JSON', [PROSE, '{"type":"object"}'], 'prose'],
    ['a short question with much JSON', ['Add up the totals.', ORDERS], 'json'],
    ['English with a Chinese name', [`${PROSE} 李小龙`], 'prose'],
    ['a Chinese question about English', [...CHINESE, ...CHINESE, PROSE.slice(0, 400)], 'cjk'],
    ['Korean', ['반품은 수령 후 삼십일 이내에 가능합니다.'], 'cjk'],
    ['Chinese in JSON', [JSON.stringify({ 问题: CHINESE.join('') })], 'cjk'],
    ['Russian', ['Вы можете вернуть товар в течение тридцати дней.'], 'prose'],
  ])('of %s', (_what, texts, content) => {
    expect(classOf(...texts)).toBe(content);
  });

  it('is decided by the larger part of several texts', () => {
    const much = (text: string): string[] => Array.from({ length: 9 }, () => text);
    expect(classOf(PROSE, ...much(CODE))).toBe('code');
    expect(classOf(CODE, ...much(PROSE))).toBe('prose');
  });

  it('does not depend on where a text is cut between lines', () => {
    const lines = fc.array(fc.constantFrom(...TEXTS.json, ...TEXTS.cjk, PROSE, CODE), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(lines, (texts) => {
        expect(classOf(...texts)).toBe(classOf(texts.join('\n')));
      }),
    );
  });
});
