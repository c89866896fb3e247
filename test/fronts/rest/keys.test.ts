import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Key, MadeKey } from '../../../schemas/wire/key.ts';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import type { UsageReport } from '../../../schemas/tools/get-usage.ts';
import { openKeyedServer, problemIn, type KeyedServer } from '../../support/keyed-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';

const QUESTION = { question: 'How long?' };

let server: KeyedServer;
beforeAll(async () => {
  server = await openKeyedServer();
});
afterAll(() => server.close());

const manage = (method: string, path: string, json?: unknown): Promise<RawAnswer> =>
  server.ask(path, { method, key: server.boss, ...(json !== undefined && { json }) });
const create = async (draft: object): Promise<MadeKey> =>
  MadeKey.strict().parse((await manage('POST', '/v1/keys', draft)).json());
const call = (
  key: string,
  tool = 'answer_question',
  json: unknown = QUESTION,
): Promise<RawAnswer> => server.ask(`/v1/tools/${tool}`, { key, json });
const statusOf = async (key: string): Promise<number> =>
  (await server.ask('/v1/budget', { key })).status;

/** A request with a body as it stands. */
const sendText = (path: string, { body, type }: { body?: string; type?: string }) =>
  send(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.boss}`,
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  });

describe('a key', () => {
  it('is made, used, listed, rotated and revoked over REST', async () => {
    const answer = await manage('POST', '/v1/keys', { name: 'web', team: 'shop' });
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const made = MadeKey.strict().parse(answer.json());
    expect(made).toMatchObject({
      name: 'web',
      team: 'shop',
      admin: false,
      pin_prompts: false,
      revoked_at: null,
    });
    expect(made.key.startsWith(made.prefix)).toBe(true);
    expect((await call(made.key)).json()).toMatchObject({
      call: { principal: 'web', labels: { team: 'shop' } },
    });

    const rotated = await manage('POST', '/v1/keys/web/rotate');
    expect(rotated.status).toBe(200);
    expect(rotated.headers['cache-control']).toBe('no-store');
    const next = MadeKey.strict().parse(rotated.json());
    expect(next).toMatchObject({ name: 'web', team: 'shop', created_at: made.created_at });
    expect(next.rotated_at).not.toBeNull();
    expect([await statusOf(made.key), await statusOf(next.key)]).toEqual([401, 200]);

    const revoked = await manage('DELETE', '/v1/keys/web');
    expect(revoked.status).toBe(200);
    expect(Key.strict().parse(revoked.json()).revoked_at).not.toBeNull();
    expect(await statusOf(next.key)).toBe(401);
    expect((await manage('DELETE', '/v1/keys/web')).json()).toEqual(revoked.json());

    const listed = await manage('GET', '/v1/keys');
    const { keys } = listed.json() as { keys: unknown[] };
    expect(keys).toContainEqual(revoked.json());
    expect(keys.map((key) => Key.strict().parse(key).name)).toEqual(['anna', 'boss', 'web']);
    for (const secret of [made.key, next.key, server.boss])
      expect(listed.text).not.toContain(secret);
  });

  it('may have two secrets that work while it is rotated', async () => {
    const { key } = await create({ name: 'slow' });
    const rotated = await manage('POST', '/v1/keys/slow/rotate', { grace_s: 60 });
    const next = MadeKey.parse(rotated.json());
    expect([await statusOf(key), await statusOf(next.key)]).toEqual([200, 200]);
  });

  it('keeps all it was given', async () => {
    const given = {
      name: 'whole',
      team: 't',
      user: 'u',
      feature: 'f',
      admin: true,
      pin_prompts: true,
      tools: ['get_usage'],
      models: ['claude-haiku-5-5'],
    };
    const made = await create({ ...given, expires_at: '2999-01-31T01:00:00+01:00' });
    expect(made).toMatchObject({ ...given, expires_at: '2999-01-31T00:00:00.000Z' });
  });

  it('that an admin made for an admin can manage too', async () => {
    const { key } = await create({ name: 'deputy', admin: true });
    expect((await server.ask('/v1/keys', { key })).status).toBe(200);
  });
});

const INVALID: [string, object, string[]][] = [
  ['has no name', {}, ['/name']],
  ['has a name of another type', { name: 7 }, ['/name']],
  ['has a name that is no slug', { name: 'Web Shop' }, ['/name']],
  ['has the name of callers without keys', { name: 'local' }, ['/name']],
  ['has fields that there are not', { name: 'x', nmae: 1, 'a/b': 2 }, ['/nmae', '/a~1b']],
  ['has several mistakes', { name: 7, admin: 'yes', team: '' }, ['/name', '/team', '/admin']],
  ['may pin one prompt', { name: 'x', pin_prompts: 'faq' }, ['/pin_prompts']],
  ['names a tool that there is not', { name: 'x', tools: ['get_usage', 'fly'] }, ['/tools/1']],
  ['may call no tool', { name: 'x', tools: [] }, ['/tools']],
  ['has a wrong tool', { name: 'x', tools: ['get_usage', 7] }, ['/tools/1']],
  ['expires at no time', { name: 'x', expires_at: 'tomorrow' }, ['/expires_at']],
];

describe('a mistake with keys', () => {
  it.each(INVALID)('is pointed at: a new one %s', async (_what, draft, pointers) => {
    const problem = problemIn(await manage('POST', '/v1/keys', draft));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_input', call_id: null });
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.detail).toContain(pointers[0]);
  });

  it.each([
    ['a list', '[]'],
    ['a text', '"web"'],
    ['a number', '7'],
  ])('is pointed at: the body is %s', async (_what, body) => {
    const problem = problemIn(await sendText('/v1/keys', { body, type: 'application/json' }));
    expect(problem).toMatchObject({
      status: 400,
      code: 'invalid_input',
      errors: [{ pointer: '' }],
    });
    expect(problem.detail).toMatch(/^the body: /);
  });

  it('is pointed at: there is no body, which is no fields', async () => {
    const problem = problemIn(await sendText('/v1/keys', {}));
    expect(problem).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/name' }] });
  });

  it.each([
    ['not JSON', '{"name":', 'application/json', 400, 'malformed_json'],
    ['announced, and missing', '', 'application/json', 400, 'malformed_json'],
    [
      'of another type',
      'name=web',
      'application/x-www-form-urlencoded',
      415,
      'unsupported_media_type',
    ],
  ])('is told: the body is %s', async (...[, body, type, status, code]) => {
    expect(problemIn(await sendText('/v1/keys', { body, type }))).toMatchObject({
      status,
      code,
    });
  });

  it.each([
    ['POST', '/v1/keys', { name: 'anna' }, 409, 'key_exists'],
    ['DELETE', '/v1/keys/nobody', undefined, 404, 'unknown_key'],
    ['POST', '/v1/keys/nobody/rotate', undefined, 404, 'unknown_key'],
    ['DELETE', '/v1/keys/%20%2F', undefined, 404, 'unknown_key'],
  ])('is told: %s %s %j', async (...[method, path, json, status, code]) => {
    const answer = await manage(method, path, json);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problemIn(answer)).toMatchObject({ status, code, call_id: null });
  });

  it.each([
    ['negative', { grace_s: -1 }, '/grace_s'],
    ['no whole number', { grace_s: 0.5 }, '/grace_s'],
    ['longer than 30 days', { grace_s: 30 * 86_400 + 1 }, '/grace_s'],
    ['called otherwise', { grace: 5 }, '/grace'],
  ])('is pointed at: the grace is %s, and the old secret goes on', async (_what, json, pointer) => {
    const problem = problemIn(await manage('POST', '/v1/keys/anna/rotate', json));
    expect(problem).toMatchObject({ code: 'invalid_input', errors: [{ pointer }] });
    expect(await statusOf(server.anna)).toBe(200);
  });

  it('is pointed at: a new one would have expired already', async () => {
    const draft = { name: 'x', expires_at: '2020-01-01T00:00:00Z' };
    const problem = problemIn(await manage('POST', '/v1/keys', draft));
    expect(problem).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/expires_at' }] });
    expect(problem.detail).toContain('2020-01-01');
  });

  it('is told: a revoked key is not rotated, and its name is taken for good', async () => {
    await create({ name: 'gone' });
    await manage('DELETE', '/v1/keys/gone');
    const rotated = problemIn(await manage('POST', '/v1/keys/gone/rotate'));
    expect(rotated).toMatchObject({
      code: 'revoked_key',
      next_actions: [{ action: 'create_key' }],
    });
    expect(problemIn(await manage('POST', '/v1/keys', { name: 'gone' })).code).toBe('key_exists');
  });

  it('is told only to admins: others learn nothing of keys from it', async () => {
    const taken = await server.ask('/v1/keys', { key: server.anna, json: { name: 'anna' } });
    const free = await server.ask('/v1/keys', { key: server.anna, json: { name: 'free' } });
    expect(taken.status).toBe(403);
    expect(free.text).toBe(taken.text);
  });
});

describe('a key that may call some tools only', () => {
  let limited: string;
  beforeAll(async () => {
    ({ key: limited } = await create({ name: 'limited', tools: ['get_usage', 'rewrite_text'] }));
  });
  const namesOf = async (key: string): Promise<string[]> => {
    const { tools } = (await server.ask('/v1/tools', { key })).json() as {
      tools: { name: string }[];
    };
    return tools.map(({ name }) => name);
  };

  it('is shown those', async () => {
    expect((await namesOf(limited)).toSorted()).toEqual(['get_usage', 'rewrite_text']);
    expect((await namesOf(server.anna)).length).toBeGreaterThan(2);
    expect((await server.ask('/v1/tools/get_usage', { key: limited })).status).toBe(200);
  });

  it('is not told of others, by whatever name', async () => {
    const hidden = problemIn(await server.ask('/v1/tools/answer_question', { key: limited }));
    const missing = problemIn(await server.ask('/v1/tools/fly', { key: limited }));
    expect(hidden).toMatchObject({ status: 404, code: 'unknown_tool' });
    const { detail } = missing;
    expect(hidden).toEqual({ ...missing, detail: detail.replace('fly', 'answer_question') });
    expect(detail).not.toContain('classify_text');
  });

  it('may call no others, and no model is asked', async () => {
    for (const tool of ['answer_question', 'fly']) {
      const refused = problemIn(await call(limited, tool));
      expect(refused).toMatchObject({ status: 403, code: 'forbidden_tool' });
    }
    expect((await call(limited, 'get_usage', {})).status).toBe(200);
  });
});

describe('the ledger over REST', () => {
  let keys: Record<'ben' | 'cleo', string>;
  beforeAll(async () => {
    keys = { ben: (await create({ name: 'ben' })).key, cleo: (await create({ name: 'cleo' })).key };
    for (const key of [keys.ben, keys.ben, keys.cleo]) await call(key);
  });
  const callsOf = async (key: string): Promise<WireCallMeta[]> =>
    ((await server.ask('/v1/calls?limit=100', { key })).json() as { calls: WireCallMeta[] }).calls;
  const usageOf = async (key: string): Promise<UsageReport> =>
    (await server.ask('/v1/usage?group_by=principal', { key })).json() as UsageReport;

  it('shows a key its own calls, and an admin all', async () => {
    expect((await callsOf(keys.ben)).map(({ principal }) => principal)).toEqual(['ben', 'ben']);
    expect((await callsOf(keys.cleo)).map(({ principal }) => principal)).toEqual(['cleo']);
    const all = (await callsOf(server.boss)).map(({ principal }) => principal);
    expect(all).toEqual(expect.arrayContaining(['ben', 'cleo', 'limited']));
  });

  it('does not know the calls of others, as if they were not there', async () => {
    const [his] = await callsOf(keys.ben);
    const path = `/v1/calls/${his?.id ?? ''}`;
    expect((await server.ask(path, { key: keys.ben })).json()).toEqual(his);
    expect((await server.ask(path, { key: server.boss })).json()).toEqual(his);
    const refused = problemIn(await server.ask(path, { key: keys.cleo }));
    expect(refused).toMatchObject({ status: 404, code: 'unknown_call' });
  });

  it('sums the calls of the key alone', async () => {
    expect((await usageOf(keys.ben)).rows).toMatchObject([{ key: 'ben', calls: 2 }]);
    expect((await usageOf(keys.cleo)).rows).toMatchObject([{ key: 'cleo', calls: 1 }]);
    const all = (await usageOf(server.boss)).rows.map(({ key }) => key);
    expect(all).toEqual(expect.arrayContaining(['ben', 'cleo']));
  });
});
