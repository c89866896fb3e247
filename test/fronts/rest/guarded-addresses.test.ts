import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { openKeyedServer, type KeyedServer } from '../../support/keyed-server.ts';
import { sized } from '../../support/depth.ts';

const model = fakeProvider(ANSWER);
const QUESTION = { question: 'How long?' };

let server: KeyedServer;
beforeAll(async () => {
  server = await openKeyedServer({ provider: model });
});
afterAll(() => server.close());

describe('what is not guarded', () => {
  it('is this and nothing else: whoever adds to it thinks about it here', () => {
    const routes = server.server.printRoutes({ commonPrefix: false });
    const tops = [...routes.matchAll(/^ {4}[├└]── (\S+) \(/gm)].map(([, path = '']) => path);
    expect(tops).toContain('v1/calls');
    const open = tops.filter((path) => !/^(v1\/|mcp$)/.test(path));
    expect(open.toSorted()).toEqual([
      '.well-known/oauth-protected-resource',
      'docs',
      'errors',
      'health',
      'llms.txt',
      'openapi.json',
      'openapi.yaml',
      'ready',
    ]);
  });
});

describe('what depends on a key', () => {
  it.each(['/v1/prompts', '/v1/prompts/faq/v1', '/v1/calls', '/v1/usage', '/v1/calls/call_1'])(
    'is kept by no cache on the way: %s',
    async (path) => {
      for (const headers of [{ 'x-api-key': server.boss }, {}]) {
        const answer = await fetch(`${server.url}${path}`, { headers });
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
      const open = await fetch(`${server.url}/openapi.json`);
      expect(open.headers.get('cache-control')).toBeNull();
    },
  );
});

/** A request-target exactly as it is written: URL parsers would tidy it up. */
const sendRaw = (target: string, method: string, key?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const headers = { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    const sent = request({ hostname, port, path: target, method, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sent.on('error', reject);
    sent.end();
  });

describe('another spelling of a guarded address', () => {
  it.each([
    ['/v1//calls', 404],
    ['//v1/calls', 404],
    ['/V1/calls', 404],
    ['/v1/CALLS', 404],
    ['/%761/calls', 401],
    ['/v%31/calls', 401],
    ['/v1/%63alls', 401],
    ['/v1%2Fcalls', 404],
    ['/v1%2fcalls', 404],
    ['/%2576%31/calls', 404],
    ['/v1/calls/', 401],
    ['/v1/calls?', 401],
    ['/v1/calls#x', 401],
    ['/v1/calls;x=1', 404],
    ['/v1/./calls', 404],
    ['/docs/../v1/calls', 404],
    ['/docs/%2e%2e/v1/calls', 404],
    ['/docs/static/..%2f..%2fv1%2fcalls', 404],
    ['/errors/..%2f..%2fv1%2fcalls', 404],
    ['/v1\\calls', 404],
    ['/v1/calls%00', 404],
    ['/v1/calls%', 400],
    ['http://127.0.0.1/v1/calls', 401],
    ['http://127.0.0.1//v1/calls', 404],
    ['/mcp/', 401],
    ['/mcp//', 404],
    ['//mcp', 404],
    ['/MCP', 404],
    ['/%6dcp', 401],
    ['/mcp?x', 401],
    ['/mcp/x', 404],
  ])('%s is %i without a key', async (target, status) => {
    expect(await sendRaw(target, 'GET')).toBe(status);
  });

  /** One character in another spelling: as it stands, encoded, in the other case, doubled. */
  const spelling = (char: string): fc.Arbitrary<string> => {
    const hex = char.charCodeAt(0).toString(16).padStart(2, '0');
    return fc.oneof(
      { weight: 12, arbitrary: fc.constant(char) },
      fc.constantFrom(`%${hex}`, `%${hex.toUpperCase()}`, char.toUpperCase(), `${char}${char}`),
    );
  };
  /** But for the first slash, without which Node itself refuses it. */
  const respelled = (path: string): fc.Arbitrary<string> =>
    fc.tuple(...path.slice(1).split('').map(spelling)).map((chars) => `/${chars.join('')}`);
  const target = fc
    .tuple(
      fc.constantFrom('', '', '/', '/.', '/docs/..', 'http://127.0.0.1'),
      fc.constantFrom('/v1/calls', '/v1/tools', '/v1/keys', '/v1/budget', '/mcp').chain(respelled),
      fc.constantFrom('', '', '/', '//', '?a=b', '#a', ';a', '/.', '%20'),
    )
    .map((parts) => parts.join(''));

  it('never does without a key what it does with one', async () => {
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(target, fc.constantFrom('GET', 'HEAD'), async (path, method) => {
        const status = await sendRaw(path, method);
        expect(status).toBeGreaterThanOrEqual(400);
        const withKey = await sendRaw(path, method, server.boss);
        if (withKey === status) return;
        reached += 1;
        expect(status).toBe(401);
      }),
      { numRuns: sized(100, 300) },
    );
    // Otherwise the spellings were all nonsense.
    expect(reached).toBeGreaterThan(sized(0, 20));
  });

  it('spends nothing', async () => {
    const before = model.requests.length;
    const targets = [
      '/%761/tools/answer_question',
      '/v1/tools/answer_question/',
      '/v1//tools/answer_question',
    ];
    const answers = await Promise.all(targets.map((path) => server.ask(path, { json: QUESTION })));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 404]);
    expect(model.requests).toHaveLength(before);
  });
});
