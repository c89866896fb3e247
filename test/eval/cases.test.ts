import { describe, expect, it } from 'vitest';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { hashCases, readCases } from '../../src/eval/cases.ts';
import { checkCases } from '../../src/eval/check-cases.ts';
import { tools } from '../../tools/index.ts';

const graders = [{ type: 'exact', at: '/found', value: true }];
const line = (over: object = {}): string =>
  JSON.stringify({ name: 'refund', input: { question: 'How?' }, graders, ...over });
const withGrader = (grader: object): string => line({ graders: [grader] });

describe('reading cases', () => {
  it('takes one object a line, and fills in what graders leave out', () => {
    const text = `\uFEFF${line()}\r\n\n  \n${line({ name: 'other', tool: 'answer_question' })}\n`;
    expect(readCases(text)).toEqual([
      {
        name: 'refund',
        input: { question: 'How?' },
        line: 1,
        graders: [{ type: 'exact', at: '/found', value: true, weight: 1 }],
      },
      expect.objectContaining({ name: 'other', tool: 'answer_question', line: 4 }),
    ]);
    expect(readCases('\n')).toEqual([]);
  });

  it.each([
    ['{"name"', /^line 1: it is not JSON: /],
    [`${line()}\n\n[]`, /^line 3: Invalid input: expected object/],
    [line({ name: ' ' }), /^line 1: name: /],
    [`${line()}\n${line()}`, /^line 2: the name "refund" is that of line 1$/],
    [line({ graders: [] }), /^line 1: graders: /],
    [line({ grader: [] }), /^line 1: Unrecognized key: "grader"$/],
    [line({ input: 'How?' }), /^line 1: input: /],
    [withGrader({ type: 'like', value: 1 }), /^line 1: graders.0.type: /],
    [withGrader({ type: 'exact', value: [1] }), /^line 1: graders.0.value: /],
    [withGrader({ type: 'exact', value: 1, at: 'found' }), /graders.0.at: .*JSON pointer/],
    [withGrader({ type: 'exact', value: 1, weight: 0 }), /graders.0.weight: /],
    [withGrader({ type: 'contains', value: [] }), /graders.0.value: /],
    [withGrader({ type: 'regex', pattern: 'a', flags: 'g' }), /graders.0.flags: Flags may be/],
    [withGrader({ type: 'numeric', value: 1, tolerance: -1 }), /graders.0.tolerance: /],
    [withGrader({ type: 'words' }), /graders.0: Give min, max or both/],
    [withGrader({ type: 'words', min: 3, max: 2 }), /graders.0: min must not be above max/],
    [withGrader({ type: 'similarity', value: 'a', min: 0 }), /graders.0.min: /],
    [withGrader({ type: 'judge' }), /graders.0.criterion: /],
    [withGrader({ type: 'judge', criterion: ' \n' }), /graders.0.criterion: It must not be blank/],
    [withGrader({ type: 'contains', value: ['a', ' '] }), /graders.0.value.1: /],
    [withGrader({ type: 'schema', schema: { $async: true } }), /graders.0.schema: .*\$async/],
    [withGrader({ type: 'exact', value: 1, weight: 1e7 }), /graders.0.weight: Too big/],
  ])('refuses %s and names the line', (text, says) => {
    expect(() => readCases(text)).toThrow(says);
  });

  it('refuses what is nested too deeply', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = withGrader({ type: 'json_equal', value: 0 }).replace(':0', `:${deep}`);
    expect(() => readCases(text)).toThrow(/^line 1: it is nested too deeply$/);
  });

  it('lets no name steer the terminal', () => {
    const text = line({ name: 'a\u001b[2Jb' });
    expect(() => readCases(`${text}\n${text}`)).toThrow(/: the name "a \[2Jb" is that of line 1$/);
  });
});

describe('the hash of cases', () => {
  const hash = (text: string, judge: string | null = null): string =>
    hashCases(readCases(text), judge);

  it('is the same however they are written and in whatever order', () => {
    const one = `${line()}\n${line({ name: 'b', input: { a: 1, b: 2 } })}`;
    const other = `\n${line({ input: { b: 2, a: 1 }, name: 'b' })}\n${withGrader({ weight: 1, value: true, at: '/found', type: 'exact' })}`;
    expect(hash(other)).toBe(hash(one));
    expect(hash(one)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for another input, grader or case, and for another judge where one is asked', () => {
    const judged = line({ graders: [{ type: 'judge', criterion: 'Good' }] });
    const hashes = [
      ...[hash(line()), hash(line({ input: { question: 'Why?' } })), hash('')],
      ...[hash(withGrader({ type: 'exact', at: '/found', value: false }))],
      ...[hash(judged, 'one'), hash(judged, 'two')],
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash(line(), 'one')).toBe(hash(line(), 'two'));
  });
});

describe('checking cases before anything is spent', () => {
  const check = (text: string, prompt = 'faq') =>
    checkCases({ tools, checks: buildSchemaChecks() }, prompt, readCases(text));

  it('finds the tool that has the prompt', async () => {
    expect(await check(line())).toEqual([
      expect.objectContaining({ name: 'refund', tool: 'answer_question' }),
    ]);
  });

  it.each([
    [`${line()}\n${line({ name: 'b', input: { question: '' } })}`, /^line 2: input\/question: /],
    [line({ input: { question: 'a', qestion: 'b' } }), /^line 1: input.*qestion/],
    [line({ tool: 'summarize_text' }), /"summarize_text" is no tool of the prompt "faq": answer_q/],
    [withGrader({ type: 'schema', schema: { type: 'strin' } }), /^line 1: .*schema is invalid/],
    [withGrader({ type: 'regex', pattern: '(' }), /^line 1: graders.0.pattern: Invalid regular/],
    [withGrader({ type: 'regex', pattern: '(?=a)b' }), /graders.0.pattern: .*looks ahead/],
    [withGrader({ type: 'regex', pattern: '(a)\\1' }), /graders.0.pattern: .*refers back/],
    [
      withGrader({ type: 'schema', schema: { items: { pattern: '(?!a)b' } } }),
      /graders.0.schema\/items\/pattern: .*looks ahead/,
    ],
  ])('refuses %s', async (text, says) => {
    await expect(check(text)).rejects.toThrow(says);
  });

  it.each(['(a+)+$', '^(x|x)*$', '(\\w+,?)+;'])(
    'takes a pattern that other engines need exponential time for: %s',
    async (pattern) => {
      expect(await check(withGrader({ type: 'regex', pattern }))).toHaveLength(1);
    },
  );

  it('refuses a prompt that no tool has: the judge’s own is not for callers', async () => {
    await expect(check(line(), 'grade')).rejects.toThrow(/no tool has the prompt "grade"/);
  });
});
