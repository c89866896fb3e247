import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../schemas/wire/problem.ts';
import { buildRestServer } from '../../../src/fronts/rest/server.ts';
import {
  ENTRY,
  fakeCacheAdmin,
  SHADOW,
  STATS,
  type FakeCacheAdmin,
} from '../../support/fake-services.ts';
import { fakeCore, principal } from '../../support/fake-core.ts';
import { TEST_LIMIT_MS } from '../../support/limits.ts';

let admin: FakeCacheAdmin;
let server: FastifyInstance;
beforeEach(async () => {
  admin = fakeCacheAdmin();
  const core = fakeCore();
  core.known.set('boss', principal('boss', { isAdmin: true }));
  core.known.set('anna', principal('anna', { isAdmin: false }));
  server = await buildRestServer(
    Object.defineProperties(core, {
      cache: { value: admin },
      keys: { value: {} },
      budgets: { value: {} },
    }),
    {
      allowedHosts: null,
      bodyLimitBytes: 2_000,
      bodyLimitValues: 10_000,
      heartbeatMs: 1_000,
      simulatorUrl: null,
      onError: (error) => {
        throw error;
      },
    },
  );
});
afterEach(() => server.close());

type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;

const ask = (key: string, path: string, json?: unknown): Promise<Answer> =>
  server.inject({
    method: json === undefined ? 'GET' : 'POST',
    url: path,
    headers: { authorization: `Bearer ${key}` },
    ...(json !== undefined && { payload: json as object }),
  });
const problemOf = (answer: Answer): Problem => answer.json();

describe('an admin', () => {
  it('sees what kept answers saved, in the last 30 days or in those that are named', async () => {
    expect((await ask('boss', '/v1/cache')).json()).toEqual(STATS);
    await ask('boss', '/v1/cache?from=2026-11-01&to=2026-11-02T12:00:00Z');
    const [usual, named] = admin.spans;
    expect((usual?.to ?? 0) - (usual?.from ?? 0)).toBe(30 * 86_400_000);
    expect(Math.abs((usual?.to ?? 0) - Date.now())).toBeLessThan(TEST_LIMIT_MS);
    expect(named).toEqual({ from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 2, 12) });
  });

  it('sees an entry, the evidence and the suspected false hits', async () => {
    expect((await ask('boss', '/v1/cache/entries/call_1')).json()).toEqual(ENTRY);
    expect((await ask('boss', '/v1/cache/shadow')).json()).toEqual(SHADOW);
  });

  it.each([
    [{ tool: 'answer_question' }],
    [{ entry: 'call_1' }],
    [{ prompt: 'faq@v1', tag: 'shop', tenant: 'acme' }],
    [{ all: true }],
  ])('purges %j', async (selection) => {
    const answer = await ask('boss', '/v1/cache/purge', selection);
    expect([answer.statusCode, answer.json()]).toEqual([200, { purged: 3 }]);
    expect(admin.purged).toEqual([selection]);
  });

  it.each([
    ['nothing is named', {}, ''],
    ['there is no such condition', { tools: 'answer_question' }, '/tools'],
    ['a condition is empty', { tool: '' }, '/tool'],
    ['it is not everything', { all: false }, '/all'],
    ['it is everything, and less', { all: true, tool: 'answer_question' }, '/all'],
  ])('purges nothing where %s', async (_what, selection, pointer) => {
    const found = problemOf(await ask('boss', '/v1/cache/purge', selection));
    expect(found).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(found.errors?.map((each) => each.pointer)).toContain(pointer);
    expect(admin.purged).toEqual([]);
  });

  it.each([
    ['/v1/cache/entries/call_9', 404, 'unknown_entry'],
    ['/v1/cache?from=tomorrow', 400, 'invalid_request'],
    ['/v1/cache?from=2026-11-02&to=2026-11-01', 400, 'invalid_request'],
    ['/v1/cache?tier=exact', 400, 'invalid_request'],
    ['/v1/cache/purge', 405, 'method_not_allowed'],
  ])('is told what is wrong with %s', async (path, status, code) => {
    expect(problemOf(await ask('boss', path))).toMatchObject({ status, code });
  });
});

describe('whoever is no admin', () => {
  it.each([
    ['/v1/cache', undefined],
    ['/v1/cache/shadow', undefined],
    ['/v1/cache/entries/call_1', undefined],
    ['/v1/cache/entries/call_9', undefined],
    ['/v1/cache/purge', { all: true }],
    ['/v1/cache/purge', { nonsense: 1 }],
  ])('is refused %s %j', async (path, json) => {
    const found = problemOf(await ask('anna', path, json));
    expect(found).toMatchObject({ status: 403, code: 'admin_required' });
    expect(admin.purged).toEqual([]);
  });
});
