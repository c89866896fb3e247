import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../schemas/wire/problem.ts';
import { buildRestServer } from '../../../src/fronts/rest/server.ts';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';
import { FAQ, FAQ_SUMMARY, TROUBLE } from '../../support/fake-prompt-catalog.ts';

let core: FakeCore;
let server: FastifyInstance;
beforeAll(async () => {
  core = fakeCore();
  core.known
    .set(null, 'missing_key')
    .set('anna', principal('anna'))
    .set('cleo', principal('cleo', { tools: ['get_usage'] }));
  server = await buildRestServer(
    Object.defineProperties(core, {
      cache: { value: {} },
      keys: { value: {} },
      budgets: { value: {} },
    }),
    {
      allowedHosts: null,
      bodyLimitBytes: 10_000,
      bodyLimitValues: 10_000,
      heartbeatMs: 1_000,
      simulatorUrl: null,
      onError: (error) => {
        throw error;
      },
    },
  );
});
beforeEach(() => {
  core.asked.length = 0;
});
afterAll(() => server.close());

type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;

const ask = (
  key: string | null,
  url: string,
  { json, headers }: { json?: object; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  server.inject({
    method: json === undefined ? 'GET' : 'POST',
    url,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
    ...(json !== undefined && { payload: json }),
  });
const problemOf = (answer: Answer): Problem => answer.json();

describe('prompts over REST', () => {
  it('are listed with their versions, and with what is wrong on disk', async () => {
    expect((await ask('anna', '/v1/prompts')).json()).toEqual({
      prompts: [FAQ_SUMMARY],
      trouble: TROUBLE,
    });
  });

  it('are shown one by one, and who is given which version', async () => {
    expect((await ask('anna', '/v1/prompts/faq')).json()).toEqual(FAQ);
  });

  it('are shown version by version, as they stand in their file', async () => {
    const answer = await ask('anna', '/v1/prompts/faq/v2');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json()).toMatchObject({ id: 'faq', version: 'v2', text: '# The v2 of faq' });
  });

  it('are not there for a key that may not call their tools', async () => {
    expect((await ask('cleo', '/v1/prompts')).json()).toMatchObject({ prompts: [] });
    for (const path of ['/v1/prompts/faq', '/v1/prompts/faq/v1'])
      expect(problemOf(await ask('cleo', path))).toMatchObject({ code: 'unknown_prompt' });
  });

  it.each(['/v1/prompts/nope', '/v1/prompts/faq/v9', '/v1/prompts/nope/v1'])(
    'are not at %s, which says where they are',
    async (path) => {
      expect(problemOf(await ask('anna', path))).toMatchObject({
        status: 404,
        code: 'unknown_prompt',
        retryable: false,
        next_actions: [{ action: 'list_prompts', href: '/v1/prompts' }],
      });
    },
  );

  it.each(['/v1/prompts', '/v1/prompts/faq', '/v1/prompts/faq/v1'])(
    'are shown to nobody without a key, at %s',
    async (path) => {
      expect(problemOf(await ask(null, path))).toMatchObject({ code: 'missing_key' });
    },
  );

  it('are only read', async () => {
    const answer = await ask('anna', '/v1/prompts/faq/v1', { json: {} });
    expect(problemOf(answer)).toMatchObject({ code: 'method_not_allowed' });
    expect(answer.headers.allow).toBe('GET, HEAD');
  });
});

describe('the header X-Tollgate-Prompt', () => {
  const call = (headers: Record<string, string>): Promise<Answer> =>
    ask('anna', '/v1/tools/answer_question', { json: { question: 'May I?' }, headers });

  it.each(['application/json', 'text/event-stream'])(
    'is the wish of the call, for %s',
    async (accept) => {
      await call({ accept, 'x-tollgate-prompt': ' faq@v3 ' });
      expect(core.asked).toMatchObject([{ promptWish: 'faq@v3' }]);
    },
  );

  it('is no wish where there is none', async () => {
    await call({});
    expect(core.asked).toMatchObject([{ promptWish: null }]);
  });

  it.each([
    '',
    'faq',
    'faq@3',
    'faq@v0',
    'faq@v1x',
    '@v1',
    'FAQ@v1',
    'faq@v1, faq@v2',
    '../faq@v1',
  ])('is refused as "%s": nobody is asked', async (wish) => {
    const found = problemOf(await call({ 'x-tollgate-prompt': wish }));
    expect(found).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(found.detail).toContain('X-Tollgate-Prompt');
    expect(found.detail).toContain('faq@v3');
    expect(core.asked).toEqual([]);
  });
});
