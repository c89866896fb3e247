import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import { ProblemError } from '../../src/errors/problem.ts';
import { fromTexts, suggestions } from '../../src/prompts/arguments.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { summarizeText } from '../../tools/summarize-text.ts';

const variable = (type: FrontMatter['variables'][string]['type']) => ({
  type,
  required: false,
  description: 'D',
});
const DECLARED = {
  text: variable('string'),
  count: variable('number'),
  loud: variable('boolean'),
  list: variable('array'),
  more: variable('object'),
};

describe('arguments that can only be text', () => {
  it('are texts as they are, and JSON where something else is asked for', () => {
    const given = { text: '7', count: '7', loud: 'false', list: '["a"]', more: '{"a":null}' };
    expect(fromTexts(DECLARED, given)).toEqual({
      text: '7',
      count: 7,
      loud: false,
      list: ['a'],
      more: { a: null },
    });
    expect(fromTexts(DECLARED, {})).toEqual({});
    expect(fromTexts(DECLARED, { text: '' })).toEqual({ text: '' });
  });

  it('come back whatever they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.jsonValue()), (text, list) => {
        const given = { text, list: JSON.stringify(list) };
        expect(fromTexts(DECLARED, given)).toEqual({
          text,
          list: JSON.parse(given.list) as unknown,
        });
      }),
    );
  });

  it('that are wrong are named, all of them, and what they should be', () => {
    const given = JSON.parse(
      '{"count":"many","list":"","other":"x","__proto__":"x","constructor":"x","toString":"x"}',
    ) as Record<string, string>;
    try {
      fromTexts(DECLARED, given);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      const { code, details } = error as ProblemError;
      expect(code).toBe('invalid_input');
      expect(details.detail).toBe(
        'Wrong arguments: other, __proto__, constructor, toString, count, list.',
      );
      expect(details.errors).toEqual([
        ...['other', '__proto__', 'constructor', 'toString'].map((name) => ({
          pointer: `/${name}`,
          code: 'unrecognized',
          detail: 'The prompt has no such argument',
          expected: 'one of text, count, loud, list, more',
        })),
        ...['count', 'list'].map((name) => ({
          pointer: `/${name}`,
          code: 'not_json',
          detail: 'It is not JSON',
          expected: `a JSON ${name === 'count' ? 'number' : 'array'}`,
        })),
      ]);
    }
  });
});

describe('what an argument may be completed to', () => {
  it('is what the tool names, whatever is typed in capitals, beginnings first', () => {
    expect(suggestions(summarizeText, 'style', '')).toEqual(['paragraph', 'bullets', 'headline']);
    expect(suggestions(summarizeText, 'style', 'H')).toEqual(['headline', 'paragraph']);
    expect(suggestions(summarizeText, 'style', 'bullets')).toEqual(['bullets']);
    expect(suggestions(summarizeText, 'style', 'x')).toEqual([]);
  });

  it.each(['text', 'labels', 'nothing', '__proto__', 'constructor', ''])(
    'is nothing for what may be anything, or is nothing: %j',
    (argument) => {
      expect(suggestions(classifyText, argument, '')).toEqual([]);
    },
  );
});
