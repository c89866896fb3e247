import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintSecret } from '../../../src/identity/secret.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { openTestServer } from '../../support/test-server.ts';
import { askOf, openKeyedServer, problemIn, type KeyedServer } from '../../support/keyed-server.ts';

const QUESTION = { question: 'How long?' };

let server: KeyedServer;
beforeAll(async () => {
  server = await openKeyedServer();
});
afterAll(() => server.close());

/** Who the server takes the sender of these headers for. */
async function takenFor(headers: Record<string, string>): Promise<unknown> {
  const answer = await server.ask('/v1/budget', { headers });
  expect(answer.status).toBe(200);
  return (answer.json() as { principal: string }).principal;
}

describe('a key over HTTP', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer  '])(
    'is taken from Authorization: %s',
    async (scheme) => {
      expect(await takenFor({ authorization: `${scheme} ${server.anna}` })).toBe('anna');
    },
  );

  it('is taken from x-api-key', async () => {
    expect(await takenFor({ 'x-api-key': server.anna })).toBe('anna');
    expect(await takenFor({ 'x-api-key': ` ${server.anna} ` })).toBe('anna');
  });

  it('may come in both headers', async () => {
    const { anna } = server;
    expect(await takenFor({ authorization: `Bearer ${anna}`, 'x-api-key': anna })).toBe('anna');
  });

  it('is not contradicted by an empty x-api-key', async () => {
    expect(await takenFor({ authorization: `Bearer ${server.anna}`, 'x-api-key': '' })).toBe(
      'anna',
    );
  });

  it('is refused where the two headers differ: who is meant is not for us to choose', async () => {
    const { boss, anna } = server;
    const headers = { authorization: `Bearer ${boss}`, 'x-api-key': anna };
    const answer = await server.ask('/v1/budget', { headers });
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'invalid_request' });
    for (const secret of [boss, anna]) expect(answer.text).not.toContain(secret);
  });

  it.each([
    ['another scheme', (key: string) => `Basic ${key}`],
    ['a scheme that begins like it', (key: string) => `BearerToken ${key}`],
    ['no scheme', (key: string) => key],
    ['no secret', () => 'Bearer'],
    ['two secrets', (key: string) => `Bearer ${key} ${key}`],
    ['nothing at all', () => ''],
  ])('is refused under %s, and what was sent is not repeated', async (_what, write) => {
    const answer = await server.ask('/v1/budget', {
      headers: { authorization: write(server.anna) },
    });
    expect(answer.status).toBe(400);
    expect(problemIn(answer)).toMatchObject({ code: 'invalid_request', call_id: null });
    expect(problemIn(answer).detail).toContain('Bearer tg_live_');
    expect(answer.text).not.toContain(server.anna);
  });

  it('is asked of nobody where there are none', async () => {
    const open = await openTestServer({ provider: fakeProvider(ANSWER) });
    try {
      const answer = await askOf(open.url, '/v1/tools/answer_question', { json: QUESTION });
      expect(answer.json()).toMatchObject({ call: { principal: 'local' } });
      const managing = await askOf(open.url, '/v1/keys');
      expect(problemIn(managing)).toMatchObject({ status: 403, code: 'admin_required' });
    } finally {
      await open.close();
    }
  });
});

describe('the challenge', () => {
  const METADATA =
    'resource_metadata="http://127.0.0.1:8484/.well-known/oauth-protected-resource/mcp"';

  it.each([
    ['GET', '/v1/calls'],
    ['POST', '/v1/tools/answer_question'],
    ['GET', '/mcp'],
    ['POST', '/mcp'],
  ])('of %s %s names no error where nothing was sent', async (method, path) => {
    const answer = await server.ask(path, { method });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(`Bearer ${METADATA}`);
  });

  it('takes an empty x-api-key for nothing', async () => {
    const answer = await server.ask('/v1/calls', { headers: { 'x-api-key': '  ' } });
    expect(problemIn(answer).code).toBe('missing_key');
  });

  it.each<[string, string, () => Promise<string>]>([
    ['no key of ours', 'invalid_key', () => Promise.resolve('sk-ant-api03-abcdef')],
    ['a mistyped key', 'invalid_key', () => Promise.resolve(`${server.anna.slice(0, -1)}!`)],
    ['a key of another tollgate', 'invalid_key', () => Promise.resolve(mintSecret())],
    [
      'a revoked key',
      'revoked_key',
      async () => {
        const { key } = await server.makeKey({ name: 'gone' });
        await server.app.keys.revoke('gone');
        return key;
      },
    ],
    [
      'a replaced secret',
      'expired_key',
      async () => {
        const { key } = await server.makeKey({ name: 'rotated' });
        await server.app.keys.rotate('rotated', 0);
        return key;
      },
    ],
  ])('says invalid_token of %s', async (_what, code, secretOf) => {
    const key = await secretOf();
    for (const path of ['/v1/calls', '/mcp']) {
      const answer = await server.ask(path, { key });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe(`Bearer error="invalid_token", ${METADATA}`);
      expect(answer.text).toContain(`"code":"${code}"`);
      expect(answer.text).not.toContain(key);
    }
  });

  it.each([
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys'],
    ['DELETE', '/v1/keys/anna'],
    ['POST', '/v1/keys/anna/rotate'],
    ['GET', '/v1/budgets'],
    ['GET', '/v1/budgets/month'],
    ['PUT', '/v1/budgets/month'],
    ['DELETE', '/v1/budgets/month'],
    ['POST', '/v1/budgets/month/reset'],
    ['GET', '/v1/budget-events'],
  ])('says insufficient_scope where %s %s needs an admin', async (method, path) => {
    const answer = await server.ask(path, { method, key: server.anna });
    expect(problemIn(answer)).toMatchObject({ status: 403, code: 'admin_required' });
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", scope="admin", ${METADATA}`,
    );
  });
});

describe('without a key', () => {
  it.each([
    ['/health', 200],
    ['/ready', 200],
    ['/', 302],
    ['/docs', 200],
    ['/docs/json', 200],
    ['/openapi.yaml', 200],
    ['/openapi.json', 200],
    ['/llms.txt', 200],
    ['/errors', 200],
    ['/errors/missing_key', 200],
    ['/.well-known/oauth-protected-resource', 200],
    ['/.well-known/oauth-protected-resource/mcp', 200],
    ['/nowhere', 404],
    ['/v1', 404],
    ['/v1/nowhere', 404],
    ['/v2/calls', 404],
  ])('%s is %i', async (path, status) => {
    expect((await server.ask(path)).status).toBe(status);
  });

  it.each([
    ['DELETE', '/v1/calls', 'GET, HEAD'],
    ['OPTIONS', '/v1/calls', 'GET, HEAD'],
    ['PUT', '/v1/keys', 'GET, HEAD, POST'],
    ['PATCH', '/mcp', 'GET, HEAD, POST, DELETE'],
  ])('%s %s is 405 and says what is taken', async (method, path, allow) => {
    const answer = await server.ask(path, { method });
    expect(answer.status).toBe(405);
    const said = answer.headers.allow?.split(', ').toSorted();
    expect(said).toEqual(allow.split(', ').toSorted());
  });

  it('every documented operation below /v1 asks for one', async () => {
    const { paths } = (await server.ask('/openapi.json')).json() as {
      paths: Record<string, Record<string, unknown>>;
    };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    const guarded = operations.filter(([, path]) => path.startsWith('/v1/'));
    expect(guarded.length).toBeGreaterThan(20);
    for (const [method, path] of guarded) {
      const spelled = path.replace(/\{\w+\}/g, 'anna');
      const answers = [await server.ask(spelled, { method })];
      if (method === 'GET') answers.push(await server.ask(spelled, { method: 'HEAD' }));
      expect([path, method, ...answers.map(({ status }) => status)]).toEqual([
        path,
        method,
        ...answers.map(() => 401),
      ]);
    }
  });
});
