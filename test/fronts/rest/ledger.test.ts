import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import type { UsageReport } from '../../../schemas/tools/get-usage.ts';
import type { Problem } from '../../../schemas/wire/problem.ts';
import { tools } from '../../../tools/index.ts';
import { overRest, type CallTool } from '../../support/fronts.ts';
import { WITH_CACHE } from '../../support/test-app.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';
import { hasPrompt } from '../../../src/core/tool/define-tool.ts';

let fakeAnthropic: FakeAnthropic;
let server: TestServer;
let call: CallTool;
const get = (path: string): Promise<RawAnswer> => send(`${server.url}${path}`);

/** Five calls: three answered by two models, one wrong, one function. */
beforeAll(async () => {
  fakeAnthropic = await startFakeAnthropic();
  server = await openTestServer({ modelUrl: fakeAnthropic.url, settings: WITH_CACHE });
  call = overRest(server.url);
  const question = { question: 'How long?' };
  const fresh = { ...question, options: { cache: 'no-cache' } };
  const labels = { feature: 'help', team: 't1' };
  // The split may give each user another version.
  const prompt = 'faq@v1';
  await call('answer_question', question, { prompt, labels: { ...labels, user: 'u1' } });
  await call('answer_question', fresh, { prompt, labels: { ...labels, user: 'u2' } });
  await call('classify_text', { text: 'a', labels: [{ name: 'billing' }, { name: 'b' }] });
  await call('answer_question', { question: 7 });
  await call('get_budget', {});
});
afterAll(async () => {
  await server.close();
  await fakeAnthropic.close();
});

describe('GET /v1/tools', () => {
  it('lists every tool in order, each with its address', async () => {
    const { tools: listed } = (await get('/v1/tools')).json() as { tools: { href: string }[] };
    expect(listed).toMatchObject(
      tools.map((tool) => ({ name: tool.name, kind: hasPrompt(tool) ? 'llm' : 'function' })),
    );
    for (const { href } of listed) expect((await get(href)).status).toBe(200);
  });

  it.each(tools)('shows of $name its schemas, examples and policy', async (tool) => {
    const shown = (await get(`/v1/tools/${tool.name}`)).json();
    expect(shown).toMatchObject({
      name: tool.name,
      input_schema: tool.json.input,
      output_schema: tool.json.output,
      examples: tool.examples,
      policy: tool.policy,
    });
  });

  it('does not know a tool that there is not', async () => {
    const answer = await get('/v1/tools/answer_me');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'unknown_tool' });
    expect((answer.json() as { detail: string }).detail).toContain('answer_question');
  });
});

describe('GET /v1/calls', () => {
  const page = async (query: string) =>
    (await get(`/v1/calls?${query}`)).json() as { calls: WireCallMeta[]; next: string | null };

  it('gives pages, newest first, that meet without a gap or an overlap', async () => {
    const all = await page('');
    expect(all.next).toBeNull();
    expect(all.calls.map(({ tool }) => tool)).toEqual([
      'get_budget',
      'answer_question',
      'classify_text',
      'answer_question',
      'answer_question',
    ]);
    const turned: WireCallMeta[] = [];
    let next: string | null = '';
    while (next !== null) {
      const here: Awaited<ReturnType<typeof page>> = await page(
        `limit=2${next === '' ? '' : `&before=${next}`}`,
      );
      turned.push(...here.calls);
      next = here.next;
    }
    expect(turned).toEqual(all.calls);
  });

  it('filters by tool and by how a call ended', async () => {
    expect((await page('tool=answer_question')).calls).toHaveLength(3);
    expect((await page('finish=error')).calls).toMatchObject([{ error_code: 'invalid_input' }]);
    expect((await page('tool=classify_text&finish=error')).calls).toEqual([]);
  });

  it('shows one call by its id, and does not know others', async () => {
    const [first] = (await page('limit=1')).calls;
    expect((await get(`/v1/calls/${String(first?.id)}`)).json()).toEqual(first);
    const missing = await get('/v1/calls/call_nobody');
    expect(missing.status).toBe(404);
    expect(missing.json()).toMatchObject({ code: 'unknown_call' });
  });

  it.each(['limit=0', 'limit=201', 'limit=many', 'finish=well', 'color=blue'])(
    'refuses ?%s and names the parameter',
    async (query) => {
      const answer = await get(`/v1/calls?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({
        code: 'invalid_request',
        errors: [{ pointer: `/${String(query.split('=')[0])}` }],
      });
    },
  );
});

describe('GET /v1/usage', () => {
  const sums = async (query: string) => (await get(`/v1/usage?${query}`)).json() as UsageReport;
  const today = new Date().toISOString().slice(0, 10);
  // 100 tokens in and 20 out: 0.0004 USD on Sonnet, 0.00002 on Haiku.
  const TOTAL = { calls: 5, failed: 1, input_tokens: 300, output_tokens: 60, cost_usd: 0.00082 };

  it.each([
    ['tool', ['answer_question', 'classify_text', 'get_budget'], [3, 1, 1]],
    ['model', ['claude-sonnet-5-5', 'claude-haiku-5-5', null], [2, 1, 2]],
    ['prompt', ['faq@v1', 'classify@v1', null], [2, 1, 2]],
    ['principal', ['local'], [5]],
    ['feature', ['help', null], [2, 3]],
    ['user', ['u1', 'u2', null], [1, 1, 3]],
    ['team', ['t1', null], [2, 3]],
    ['day', [today], [5]],
  ])('sums by %s, and the total is that of the ledger', async (groupBy, keys, calls) => {
    const report = await sums(`group_by=${groupBy}`);
    expect(report.group_by).toBe(groupBy);
    const place = (key: string | null): number => keys.indexOf(key);
    const sorted = [...report.rows].sort((a, b) => place(a.key) - place(b.key));
    expect(sorted.map(({ key }) => key)).toEqual(keys);
    expect(sorted.map((row) => row.calls)).toEqual(calls);
    expect(report.total).toMatchObject(TOTAL);
  });

  it('puts the dearest first', async () => {
    const { rows } = await sums('group_by=model');
    expect(rows.map(({ cost_usd }) => cost_usd)).toEqual([0.0008, 0.00002, 0]);
  });

  it('counts only what began in the window', async () => {
    expect((await sums('to=2026-01-02&from=2026-01-01')).total.calls).toBe(0);
    expect((await sums('from=2026-01-01')).total.calls).toBe(5);
    expect((await sums('from=2026-01-01T00:00:00%2B02:00&to=2100-01-01')).total.calls).toBe(5);
  });

  it.each([
    ['group_by=mood', 'invalid_request', '/group_by'],
    ['from=yesterday', 'invalid_request', '/from'],
    ['to=2026-13-01', 'invalid_request', '/to'],
    ['from=2026-02-30T', 'invalid_request', '/from'],
    ['group=tool', 'invalid_request', '/group'],
    ['from=2026-02-01&to=2026-01-01', 'invalid_input', '/from'],
  ])('refuses ?%s', async (query, code, pointer) => {
    const answer = await get(`/v1/usage?${query}`);
    expect(answer.status).toBe(400);
    const problem = answer.json() as Problem;
    expect(problem.code).toBe(code);
    expect(new Set(problem.errors?.map((each) => each.pointer))).toEqual(new Set([pointer]));
  });
});
