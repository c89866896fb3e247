import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBudgets } from '../../support/budgets.ts';
import { openKeyedServer, problemIn, type KeyedServer } from '../../support/keyed-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';

interface Documented {
  description: string;
  headers?: Record<string, unknown>;
}
interface Operation {
  method: string;
  path: string;
  responses: Record<string, Documented>;
  parameters?: { in: string; name: string }[];
  requestBody?: unknown;
}

const BODY_LIMIT = 2_000;

let server: KeyedServer;
/** Those that need to know who asks. */
let operations: Operation[];
beforeAll(async () => {
  const settings = withBudgets({ mine: { limit: 1 } });
  server = await openKeyedServer({ settings: { ...settings, body_limit_bytes: BODY_LIMIT } });
  const { paths } = (await server.ask('/openapi.json')).json() as {
    paths: Record<string, Record<string, Operation>>;
  };
  operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
    );
});
afterAll(() => server.close());

interface Sent {
  headers: Record<string, string>;
  body?: string;
}

const sendTo = ({ method, path }: Operation, sent: Sent): Promise<RawAnswer> =>
  send(`${server.url}${path.replaceAll(/\{\w+\}/g, 'anna')}`, {
    method: method.toUpperCase(),
    ...sent,
  });

/** What an operation answers that its documentation does not name. */
async function unnamed(operation: Operation, sent: Sent): Promise<string[]> {
  const { code, status } = problemIn(await sendTo(operation, sent));
  const documented = operation.responses[status]?.description ?? '';
  const { method, path } = operation;
  return documented.includes(`\`${code}\``) ? [] : [`${method} ${path}: ${code}`];
}

const allUnnamed = async (some: Operation[], sent: Sent): Promise<string[]> =>
  (await Promise.all(some.map((operation) => unnamed(operation, sent)))).flat();

const json = (body: string): Sent => ({
  headers: { authorization: `Bearer ${server.boss}`, 'content-type': 'application/json' },
  body,
});

describe('every operation that needs a key documents what it answers', () => {
  it.each<[string, Record<string, string>]>([
    ['without one', {}],
    ['to one that is none', { authorization: 'Bearer sk-other' }],
    ['under another scheme', { authorization: 'Basic YTpi' }],
    ['to two that differ', { authorization: 'Bearer a', 'x-api-key': 'b' }],
    ['under a Host that is not served', { host: 'evil.example' }],
  ])('%s', async (_what, headers) => {
    expect(operations.length).toBeGreaterThan(20);
    expect(await allUnnamed(operations, { headers })).toEqual([]);
  });
});

describe('every operation with a body documents what it answers', () => {
  it.each<[string, () => Sent]>([
    ['when it is no JSON', () => json('{"a":')],
    ['when it is too large', () => json(JSON.stringify({ a: 'x'.repeat(BODY_LIMIT) }))],
    ['when it has a field that there is not', () => json('{"nonsense":1}')],
    [
      'when it is of another type',
      () => ({
        headers: { authorization: `Bearer ${server.boss}`, 'content-type': 'text/csv' },
        body: 'a',
      }),
    ],
  ])('%s', async (_what, sent) => {
    const managing = ['post /v1/keys', 'put /v1/budgets/{name}', 'post /v1/budgets/{name}/reset'];
    const withBody = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(withBody.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([...managing, 'post /v1/keys/{name}/rotate']),
    );
    expect(await allUnnamed(withBody, sent())).toEqual([]);
  });
});

describe('GET /v1/budget documents', () => {
  const budgetOf = (): Operation | undefined =>
    operations.find(({ path }) => path === '/v1/budget');

  it('the headers that it answers with', async () => {
    const answer = await server.ask('/v1/budget', { key: server.anna });
    const documented = Object.keys(budgetOf()?.responses[200]?.headers ?? {});
    const sent = Object.keys(answer.headers).filter((name) => name.startsWith('ratelimit'));
    expect(sent).toHaveLength(2);
    expect(documented.map((name) => name.toLowerCase()).toSorted()).toEqual(sent.toSorted());
  });

  it('the labels that it reads', () => {
    const read = budgetOf()?.parameters?.filter((parameter) => parameter.in === 'header');
    expect(read?.map(({ name }) => name).toSorted()).toEqual([
      'x-tollgate-feature',
      'x-tollgate-team',
      'x-tollgate-user',
    ]);
  });
});
