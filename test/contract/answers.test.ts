import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallMeta } from '../../schemas/wire/call.ts';
import { tools } from '../../tools/index.ts';
import { agreement, FRONTS, type OpenFront } from '../support/fronts.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../support/fake-anthropic.ts';

/** One good input per tool, and what the fake's right answer makes of it. */
const LLM_CASES = [
  {
    tool: 'answer_question',
    input: { question: 'How long do I have?' },
    output: { answer: 'Within 30 days.', found: true, sources: ['Returns'] },
    prompt: 'faq@v1',
    streamed: 'Within 30 days.',
  },
  {
    tool: 'summarize_text',
    input: { text: 'Tomorrow will be dry. It rained today.', style: 'headline' },
    output: { summary: 'It will be dry.' },
    prompt: 'summarize@v1',
    streamed: 'It will be dry.',
  },
  {
    tool: 'classify_text',
    input: { text: 'Where is my invoice?', labels: [{ name: 'shipping' }, { name: 'billing' }] },
    output: { label: 'billing', confidence: 0.9, reason: 'It names an invoice.' },
    prompt: 'classify@v1',
    streamed: '',
  },
  {
    tool: 'extract_data',
    input: {
      text: 'Total due: 318.50 EUR',
      schema: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] },
    },
    output: { data: { total: 318.5 } },
    prompt: 'extract@v1',
    streamed: '',
  },
  {
    tool: 'rewrite_text',
    input: { text: 'hey', instruction: 'Make it formal' },
    output: { text: 'Dear customer.' },
    prompt: 'rewrite@v1',
    streamed: 'Dear customer.',
  },
] as const;

const ALWAYS = { from: '2020-01-01', to: '2100-01-01' };

const FUNCTION_CASES = [
  {
    tool: 'estimate_cost',
    input: { tool: 'answer_question', input: { question: 'Why?' } },
    says: { model: 'claude-sonnet-5-5', tool: 'answer_question' },
  },
  {
    tool: 'get_budget',
    input: {},
    says: { principal: 'local', budgets: [{ budget: 'local-daily', unit: 'usd', limit: 10 }] },
  },
  { tool: 'get_usage', input: { group_by: 'tool', ...ALWAYS }, says: { group_by: 'tool' } },
] as const;

const agreed = agreement();

describe.each(FRONTS)('an answer over $name', ({ name, open }) => {
  let fakeAnthropic: FakeAnthropic;
  let front: OpenFront;
  beforeAll(async () => {
    fakeAnthropic = await startFakeAnthropic();
    front = await open({ modelUrl: fakeAnthropic.url });
  });
  afterAll(async () => {
    await front.close();
    await fakeAnthropic.close();
  });

  it.each(LLM_CASES)('of $tool is the output, its price and one row', async (each) => {
    const { tool, input, output, prompt, streamed } = each;
    const called = await front.call(tool, input);
    expect(called).toMatchObject({ ok: true, output });
    expect(called.call).toMatchObject({
      tool,
      served_by: 'model',
      finish: 'complete',
      error_code: null,
      usage: { input: 100, output: 20, source: 'provider' },
      simulated: false,
    });
    const [row, ...others] = (await front.rows()).filter((each) => each.tool === tool);
    expect(row).toEqual(called.call);
    expect(others).toEqual([]);
    if (name === 'REST JSON') {
      expect(called.events).toEqual([]);
      return;
    }
    const text = called.events
      .filter(({ event }) => event === 'delta')
      .map(({ data }) => (data as { text: string }).text)
      .join('');
    if (name === 'MCP stdio') {
      // This client drops the progress that it reads in one piece with the result.
      expect(streamed.startsWith(text)).toBe(true);
      return;
    }
    expect(text).toBe(streamed);
    expect(called.events[0]).toEqual({
      event: 'call',
      data: {
        id: called.call?.id,
        tool,
        prompt,
        budget: { fitted: null, limits: [expect.objectContaining({ budget: 'local-daily' })] },
      },
    });
  });

  it.each(FUNCTION_CASES)(
    'of $tool is the same and costs nothing',
    async ({ tool, input, says }) => {
      const called = await front.call(tool, input);
      expect(called).toMatchObject({ ok: true, output: says });
      expect(called.output).toEqual(agreed(tool, called.output));
      expect(called.call).toMatchObject({
        tool,
        served_by: 'function',
        model: null,
        prompt: null,
        attempts: [],
        cost_usd: 0,
        usage: { source: 'none' },
      });
      expect((await front.rows())[0]).toEqual(called.call);
    },
  );

  it('of get_call is the row of an earlier call', async () => {
    const { call } = await front.call('rewrite_text', { text: 'hey', instruction: 'Longer' });
    const called = await front.call('get_call', { id: call?.id });
    expect(called).toMatchObject({ ok: true, output: call });
    expect((await front.rows()).slice(0, 2).map(({ tool }) => tool)).toEqual([
      'get_call',
      'rewrite_text',
    ]);
  });

  it('of give_feedback is what came of it', async () => {
    const { call } = await front.call('answer_question', { question: 'Is it so?' });
    const version = `faq@${call?.prompt?.version ?? ''}`;
    const called = await front.call('give_feedback', { call: call?.id, rating: 'up' });
    expect(called.output).toEqual({ score: 1, prompt: version, entry: null });
    const scored = { call: call?.id, score: 0.25, comment: 'Too long.' };
    expect((await front.call('give_feedback', scored)).output).toMatchObject({ score: 0.25 });
  });

  it('says of the call what the schema promises, in the same words', async () => {
    const { call } = await front.call('answer_question', { question: 'Same shape?' });
    expect(CallMeta.strict().parse(call)).toEqual(call);
    expect(shape(call)).toEqual(agreed('shape', shape(call)));
  });

  it('goes to the account of the labels it came with', async () => {
    const labels = { feature: 'checkout', user: 'u-17', team: 'shop' };
    const { call } = await front.call('get_budget', {}, { labels });
    expect(call?.labels).toEqual(labels);
    expect((await front.rows())[0]?.labels).toEqual(labels);
  });
});

it('there is a case for every tool', () => {
  const cases = [...LLM_CASES, ...FUNCTION_CASES].map(({ tool }) => tool);
  expect([...cases, 'get_call', 'give_feedback'].sort()).toEqual(
    tools.map(({ name }) => name).sort(),
  );
});

/** Names and types, all the way down. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]));
}
