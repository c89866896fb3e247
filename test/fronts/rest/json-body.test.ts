import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/errors/problem.ts';
import { jsonExcess, MAX_JSON_LEVELS, readJsonBodies } from '../../../src/fronts/rest/json-body.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { fakeProvider } from '../../support/fake-provider.ts';

/** Members, items, lists and objects, counted on the value itself: a list of n has n - 1 commas. */
const countOf = (value: unknown): { commas: number; opened: number; levels: number } => {
  if (typeof value !== 'object' || value === null) return { commas: 0, opened: 0, levels: 0 };
  const below = Object.values(value).map(countOf);
  const sum = (name: 'commas' | 'opened') => below.reduce((total, each) => total + each[name], 0);
  return {
    commas: sum('commas') + Math.max(0, below.length - 1),
    opened: sum('opened') + 1,
    levels: 1 + Math.max(0, ...below.map(({ levels }) => levels)),
  };
};

describe('the size of a body of JSON', () => {
  it('is what its value has, whatever its texts hold, with white space or without', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const { commas, opened, levels } = countOf(JSON.parse(text));
        const values = commas + opened;
        expect(jsonExcess(text, { values, levels })).toBeNull();
        if (values > 0) expect(jsonExcess(text, { values: values - 1, levels })).toBe('values');
        if (levels > 0) expect(jsonExcess(text, { values, levels: levels - 1 })).toBe('levels');
      }),
    );
  });

  it.each(['"', '"\\', '{"a":"\\"', '[[', ']]', '"a\\\\'])(
    'ends on what is no JSON: %s',
    (text) => {
      expect(jsonExcess(text, { values: 10, levels: 10 })).toBeNull();
    },
  );
});

describe('a body that would hold the loop', () => {
  let server: FastifyInstance;
  let parsed: unknown[];

  beforeAll(async () => {
    server = fastify();
    readJsonBodies(server, 100);
    server.setErrorHandler((error, _request, reply) =>
      reply.code(413).send(error instanceof ProblemError ? error.code : String(error)),
    );
    server.post('/', ({ body }) => {
      parsed.push(body);
      return 'read';
    });
    await server.ready();
  });
  afterAll(() => server.close());

  const post = async (payload: string) => {
    parsed = [];
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return (await server.inject({ method: 'POST', url: '/', headers, payload })).body;
  };

  it.each([
    ['more values than a body may have', `[${'0,'.repeat(100)}0]`],
    ['more lists', `[${'[],'.repeat(60)}0]`],
    ['more members', `{${Array.from({ length: 101 }, (_, at) => `"${String(at)}":0`).join(',')}}`],
    ['deeper nesting', '['.repeat(MAX_JSON_LEVELS + 1)],
  ])('%s is refused before it is parsed', async (_what, body) => {
    expect(await post(body)).toBe('payload_too_large');
    expect(parsed).toEqual([]);
  });

  it('one within the limits is read as ever, a text of any marks as well', async () => {
    const value = { text: '[{,"\\'.repeat(1_000), list: [1, 2, { a: [] }] };
    expect(await post(JSON.stringify(value))).toBe('read');
    expect(parsed).toEqual([value]);
  });
});

describe('the same over every HTTP front', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer({ provider: fakeProvider({}) });
  });
  afterAll(() => server.close());

  it.each(['/v1/tools/classify_text', '/mcp'])('%s names the limit', async (path) => {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: `{"text":"a","labels":[${'[],'.repeat(30_000)}0]}`,
    });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain(
      '"budget":"request body","unit":"values","limit":25000',
    );
  });

  it('of thousands of mistakes the first are listed, and all are counted', async () => {
    const response = await fetch(`${server.url}/v1/tools/rewrite_text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        text: 'a',
        instruction: 'b',
        ...Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x${String(at)}`, at])),
      }),
    });
    const body = (await response.json()) as { errors: unknown[]; detail: string };
    expect(body.errors).toHaveLength(50);
    expect(body.detail).toContain('(and 4999 more)');
  });
});
