import { describe, expect, it } from 'vitest';
import { slowPatterns } from '../../fuzz-slow/patterns.ts';
import { fill, STRING } from '../support.ts';

const bomb = (keyword: string, last: object): Record<string, unknown> => {
  const level = (at: number): object => ({
    [keyword]: Array.from({ length: 10 }, () => ({ $ref: `#/$defs/d${String(at + 1)}` })),
  });
  const $defs = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`d${String(at)}`, level(at)]),
  );
  return {
    type: 'object',
    properties: { a: { $ref: '#/$defs/d0' }, b: STRING },
    required: ['a'],
    $defs: { ...$defs, d12: last },
  };
};

const tenOfAll = {
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: 10 }, (_, at) => [`f${String(at)}`, { $ref: '#' }]),
  ),
};

const itself = { type: 'object', properties: { a: { $ref: '#/properties/a' } } };

describe('an answer under a schema made to be slow', () => {
  it.each([
    ['ten choices of ten choices of nothing', bomb('anyOf', { type: 'null' })],
    ['ten of ten that all hold', bomb('allOf', STRING)],
    ['ten fields that are all of it', tenOfAll],
    ['ten that must be there', { ...tenOfAll, required: Object.keys(tenOfAll.properties) }],
    ['a field that is itself', itself],
    [
      'a billion items',
      { type: 'object', properties: { a: { type: 'array', minItems: 1e9 } }, required: ['a'] },
    ],
    [
      'a billion letters',
      { type: 'object', properties: { a: { ...STRING, minLength: 1e9 } }, required: ['a'] },
    ],
  ])('is one all the same: %s', (_name, schema) => {
    expect(fill('<text>a: hello\nb: more</text>', schema)).toBeTypeOf('object');
  });

  it.each(slowPatterns().filter((_, at) => at % 20 === 0))('is one: $name', ({ schema, text }) => {
    expect(fill(`<text>a: ${text}</text>`, schema)).toBeTypeOf('object');
  });
});
