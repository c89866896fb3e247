import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../schemas/wire/problem.ts';
import { agreement, withoutIds, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

const object = (properties: object): object => ({ type: 'object', properties });

const CASES = [
  {
    what: 'a wrong type',
    tool: 'answer_question',
    input: { question: 7 },
    pointers: ['/question'],
  },
  { what: 'no input at all', tool: 'answer_question', input: {}, pointers: ['/question'] },
  {
    what: 'an unknown field',
    tool: 'answer_question',
    input: { question: 'Why?', langauge: 'en' },
    pointers: ['/langauge'],
  },
  {
    what: 'several mistakes',
    tool: 'summarize_text',
    input: { text: '', style: 'poem', max_words: 1.5 },
    pointers: ['/text', '/style', '/max_words'],
  },
  {
    what: 'a text that is too long',
    tool: 'summarize_text',
    input: { text: 'x'.repeat(200_001) },
    pointers: ['/text'],
  },
  {
    what: 'a mistake deep inside',
    tool: 'classify_text',
    input: { text: 'Hm', labels: [{ name: 'a' }, { name: 'b', description: 5 }] },
    pointers: ['/labels/1/description'],
  },
  {
    what: 'a wrong wish',
    tool: 'rewrite_text',
    input: { text: 'a', instruction: 'b', options: { quality: 'luxury' } },
    pointers: ['/options/quality'],
  },
  {
    what: 'a schema that is none',
    tool: 'extract_data',
    input: { text: 'a', schema: object({ total: { type: 'amount' } }) },
    pointers: ['/schema'],
  },
  {
    what: 'a schema whose root is no object',
    tool: 'extract_data',
    input: { text: 'a', schema: { type: 'array', items: { type: 'string' } } },
    pointers: ['/schema'],
  },
  {
    what: 'a schema with a pattern that looks ahead',
    tool: 'extract_data',
    input: { text: 'a', schema: object({ a: { type: 'string', pattern: '(?=a)b' } }) },
    pointers: ['/schema/properties/a/pattern'],
  },
  {
    what: 'an input for an empty schema',
    tool: 'get_budget',
    input: { please: true },
    pointers: ['/please'],
  },
  {
    what: 'a window that ends before it begins',
    tool: 'get_usage',
    input: { from: '2026-02-01', to: '2026-01-01' },
    pointers: ['/from'],
  },
  {
    what: 'an estimate of a wrong input',
    tool: 'estimate_cost',
    input: { tool: 'answer_question', input: {} },
    pointers: ['/question'],
  },
] as const;

const agreed = agreement();

describe.each(IN_PROCESS)('over $name', ({ open }) => {
  let front: OpenFront;
  beforeAll(async () => {
    // Nobody listens there: a wrong input must not get as far as the model.
    front = await open({ modelUrl: 'http://127.0.0.1:9' });
  });
  afterAll(() => front.close());

  it.each(CASES)(
    '$what is invalid_input and says where',
    async ({ what, tool, input, pointers }) => {
      const before = (await front.rows()).length;
      const { ok, problem } = await front.call(tool, input);
      expect(ok).toBe(false);
      expect(Problem.strict().parse(problem)).toEqual(problem);
      expect(problem).toMatchObject({
        code: 'invalid_input',
        status: 400,
        category: 'input',
        retryable: false,
        retry_strategy: 'modify',
      });
      expect(problem?.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
      expect(problem?.next_actions[0]).toMatchObject({ action: 'fix_input' });
      expect(withoutIds(problem)).toEqual(agreed(what, withoutIds(problem)));

      const rows = await front.rows();
      expect(rows).toHaveLength(before + 1);
      expect(rows[0]).toMatchObject({
        id: problem?.call_id,
        tool,
        finish: 'error',
        error_code: 'invalid_input',
        served_by: 'none',
        cost_usd: 0,
        attempts: [],
      });
      expect(problem?.instance).toBe(`/v1/calls/${String(rows[0]?.id)}`);
    },
  );

  it.each(['answer_questions', 'Answer_Question', 'toString'])(
    'the tool "%s" does not exist, and the problem names those that do',
    async (tool) => {
      const before = (await front.rows()).length;
      const { problem } = await front.call(tool, {});
      expect(problem).toMatchObject({ code: 'unknown_tool', status: 404, retryable: false });
      expect(problem?.detail).toContain('answer_question,');
      expect(problem?.next_actions).not.toEqual([]);
      expect(withoutIds(problem)).toEqual(agreed(tool, withoutIds(problem)));
      const rows = await front.rows();
      expect(rows).toHaveLength(before + 1);
      expect(rows[0]).toMatchObject({ id: problem?.call_id, tool, error_code: 'unknown_tool' });
    },
  );

  it('a call that nobody made cannot be looked up', async () => {
    const { problem } = await front.call('get_call', { id: 'call_nobody' });
    expect(problem).toMatchObject({ code: 'unknown_call', status: 404 });
    expect(withoutIds(problem)).toEqual(agreed('unknown_call', withoutIds(problem)));
    expect((await front.rows())[0]).toMatchObject({ error_code: 'unknown_call' });
  });
});
