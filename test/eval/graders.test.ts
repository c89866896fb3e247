import { describe, expect, it } from 'vitest';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { problem } from '../../src/errors/problem.ts';
import { Grader } from '../../src/eval/graders/declaration.ts';
import { grade, type Graded, type GraderParts } from '../../src/eval/graders/grade.ts';

/** Each level is looked at twice as often as the one around it. */
let nested: object = {};
for (let level = 0; level < 40; level += 1) nested = { nested };

const OUTPUT = {
  nested,
  answer: 'You have 30\u00a0days. It’s free, and Mr. O’Neil pays 1,500 EUR.',
  found: true,
  total: 0.1 + 0.2,
  price: '12.50',
  order: 4_003_994_018_230_012,
  runs: `${'a'.repeat(40)}!`,
  sources: ['Returns', 'Refunds'],
  nothing: null,
};

const parts = (over: Partial<GraderParts> = {}): GraderParts => ({
  checks: buildSchemaChecks(),
  similarity: () => Promise.resolve(0.8),
  judge: () => Promise.resolve({ ok: true, score: 0.75, reason: 'Not all of it.', costNanoUsd: 9 }),
  ...over,
});

const signal = new AbortController().signal;

const gradeBy = (given: readonly object[], over: Partial<GraderParts> = {}): Promise<Graded> =>
  grade(
    parts(over),
    given.map((each) => Grader.parse(each)),
    { input: { question: 'How long?' }, output: OUTPUT, signal },
  );

describe('a grader', () => {
  it.each([
    { type: 'exact', at: '/found', value: true },
    { type: 'exact', at: '/nothing', value: null },
    { type: 'contains', at: '/answer', value: '30 DAYS' },
    { type: 'contains', at: '/answer', value: ["it's free", '1,500 eur'] },
    { type: 'contains', at: '/answer', value: ['fee', 'never'], not: true },
    { type: 'contains', at: '/sources', value: 'refunds' },
    { type: 'regex', at: '/answer', pattern: '^you have \\d+', flags: 'i' },
    { type: 'json_equal', at: '/sources', value: ['Returns', 'Refunds'] },
    { type: 'schema', schema: { type: 'object', required: ['answer', 'found'] } },
    { type: 'numeric', at: '/total', value: 0.3 },
    { type: 'numeric', at: '/price', value: 12, tolerance: 0.5 },
    { type: 'numeric', at: '/price', value: 12.4, tolerance: 0.1 },
    { type: 'numeric', at: '/order', value: 4_003_994_018_230_012 },
    { type: 'regex', at: '/answer', pattern: '(?<=Mr\\. )O.Neil.*\\d+(,\\d+)?' },
    { type: 'schema', at: '/price', schema: { type: 'string', pattern: '^\\d+(\\.\\d+)?$' } },
    { type: 'words', at: '/answer', min: 12, max: 12 },
    { type: 'similarity', at: '/answer', value: 'About 30 days.', min: 0.8 },
  ])('$type $at is content', async (grader) => {
    expect(await gradeBy([grader])).toEqual({
      score: 1,
      detail: '',
      costNanoUsd: 0,
      isFailed: false,
    });
  });

  it.each([
    [
      { type: 'exact', at: '/answer', value: 'No' },
      /^exact \/answer: "You have 30.*" is not "No"$/,
    ],
    [{ type: 'exact', at: '/found', value: 'true' }, /true is not "true"/],
    [{ type: 'regex', at: '/answer', pattern: '^free' }, /\/\^free\/ does not match "You/],
    [
      { type: 'json_equal', at: '/sources', value: ['Refunds', 'Returns'] },
      /\/0: "Returns" is not/,
    ],
    [{ type: 'json_equal', at: '/sources', value: ['Returns'] }, /\/1: "Refunds" should not be/],
    [{ type: 'json_equal', at: '/sources', value: { 0: 'Returns' } }, /\["Returns","Refunds"\] is/],
    [{ type: 'schema', schema: { required: ['x', 'y'] } }, /^schema: .*'x'/],
    [{ type: 'schema', at: '/price', schema: { type: 'number' } }, /must be number/],
    [{ type: 'numeric', at: '/total', value: 0.4, tolerance: 0.01 }, /not 0.4 to within 0.01/],
    [{ type: 'numeric', at: '/answer', value: 30 }, /is no number/],
    [
      { type: 'numeric', at: '/order', value: 4_003_994_018_230_011 },
      /012 is not 4003994018230011$/,
    ],
    [{ type: 'numeric', at: '/order', value: 4_003_994_018_230_021, tolerance: 8 }, /within 8$/],
    [{ type: 'numeric', at: '/nothing', value: 0 }, /null is no number/],
    [{ type: 'words', at: '/answer', max: 3 }, /12 words, not 0 to 3/],
    [{ type: 'words', at: '/answer', min: 40 }, /12 words, not at least 40/],
    [{ type: 'similarity', at: '/answer', value: 'x', min: 0.9 }, /0.80 near, not 0.9/],
    [{ type: 'words', at: '/gone', max: 3 }, /^words \/gone: the answer has nothing there$/],
  ])('%j is not, and says why', async (grader, says) => {
    const { score, detail } = await gradeBy([grader]);
    expect(score).toBe(0);
    expect(detail).toMatch(says);
  });

  it('json_equal does not care for the order of keys, at any depth', async () => {
    const given = { a: 1, b: { c: [1, 2], d: null } };
    const value = { b: { d: null, c: [1, 2] }, a: 1 };
    const graders = [Grader.parse({ type: 'json_equal', value })];
    const said = await grade(parts(), graders, { input: {}, output: given, signal });
    expect(said.score).toBe(1);
    const other = { input: {}, output: { a: 1, b: { c: [1], d: null } }, signal };
    expect((await grade(parts(), graders, other)).detail).toBe('json_equal: /b/c/1: lacks 2');
  });

  it('contains scores the share that is there', async () => {
    const value = ['30 days', 'free', 'shipping', 'by post'];
    const said = await gradeBy([{ type: 'contains', at: '/answer', value }]);
    expect(said).toMatchObject({
      score: 0.5,
      detail: 'contains /answer: lacks "shipping", "by post"',
    });
    const not = await gradeBy([
      { type: 'contains', at: '/answer', value: ['free', 'fee'], not: true },
    ]);
    expect(not).toMatchObject({ score: 0.5, detail: 'contains /answer: has "free"' });
  });

  it('similarity without a minimum scores how near it is, never below 0 or above 1', async () => {
    const said = async (cosine: number) => {
      const similarity = () => Promise.resolve(cosine);
      return (await gradeBy([{ type: 'similarity', at: '/answer', value: 'x' }], { similarity }))
        .score;
    };
    expect([await said(0.8), await said(-0.3), await said(1.000_000_1)]).toEqual([0.8, 0, 1]);
  });

  it('judge is asked about that part of the answer, and its price is counted', async () => {
    const asked: unknown[] = [];
    const judge: GraderParts['judge'] = (question) => {
      asked.push(question);
      return Promise.resolve({
        ok: true,
        score: 0.75,
        reason: 'It names no deadline.',
        costNanoUsd: 9,
      });
    };
    const said = await gradeBy([{ type: 'judge', at: '/answer', criterion: 'Says it all' }], {
      judge,
    });
    expect(asked).toEqual([
      { task: '{"question":"How long?"}', answer: OUTPUT.answer, criterion: 'Says it all' },
    ]);
    expect(said).toEqual({
      score: 0.75,
      costNanoUsd: 9,
      isFailed: false,
      detail: 'judge /answer: 0.75: It names no deadline.',
    });
  });

  it.each([
    { type: 'schema', at: '/runs', schema: { type: 'string', pattern: '^(a+)+$' } },
    { type: 'regex', at: '/runs', pattern: '^(a+)+$' },
  ])('whose pattern other engines need for ever for says no: $type', async (grader) => {
    expect(await gradeBy([grader])).toMatchObject({ score: 0, isFailed: false });
  });

  it('that takes too long is ended, which is no fault of the answer', async () => {
    const checks = buildSchemaChecks({ workMs: 100, wallMs: 1_000 });
    const twice = { properties: { nested: { $ref: '#/$defs/n' } } };
    const schema = { $ref: '#/$defs/n', $defs: { n: { allOf: [twice, twice] } } };
    const said = await gradeBy([{ type: 'schema', at: '/nested', schema }], { checks });
    expect(said).toMatchObject({ score: 0, isFailed: true });
    expect(said.detail).toMatch(/^schema \/nested: could not be told: It takes more time/);
  });

  it('judge that could not be asked is 0, and is told apart from a bad answer', async () => {
    const refused = problem('budget_spent', { detail: 'No money.' });
    const judge = () => Promise.resolve({ ok: false as const, problem: refused, costNanoUsd: 3 });
    expect(await gradeBy([{ type: 'judge', criterion: 'Good' }], { judge })).toEqual({
      score: 0,
      costNanoUsd: 3,
      isFailed: true,
      detail: 'judge: could not be asked: budget_spent: No money.',
    });
  });
});

describe('the score of an answer', () => {
  it('is the weighted mean of its graders', async () => {
    const { score, detail } = await gradeBy([
      { type: 'exact', at: '/found', value: true, weight: 3 },
      { type: 'exact', at: '/found', value: false },
      { type: 'contains', at: '/answer', value: ['free', 'fee'], weight: 4 },
    ]);
    expect(score).toBeCloseTo((3 + 0 + 2) / 8, 12);
    expect(detail).toBe('exact /found: true is not false; contains /answer: lacks "fee"');
  });

  it('is a number, however large the weights may be', async () => {
    const largest = { type: 'exact', at: '/found', weight: 1_000_000 };
    const { score } = await gradeBy([
      { ...largest, value: true },
      { ...largest, value: false },
    ]);
    expect(score).toBe(0.5);
    const larger = Grader.safeParse({ ...largest, value: true, weight: 1e308 });
    expect(larger.success).toBe(false);
  });

  it('is exactly 1 where all are content, whatever the weights', async () => {
    const all = [0.1, 0.2, 0.7].map((weight) => ({
      type: 'exact',
      at: '/found',
      value: true,
      weight,
    }));
    expect((await gradeBy(all)).score).toBe(1);
  });
});
