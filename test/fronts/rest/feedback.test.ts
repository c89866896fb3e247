import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../schemas/wire/problem.ts';
import { buildRestServer } from '../../../src/fronts/rest/server.ts';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';

let core: FakeCore;
let server: FastifyInstance;
beforeAll(async () => {
  core = fakeCore();
  core.known.set('boss', principal('boss', { isAdmin: true })).set('anna', principal('anna'));
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
  core.said.length = 0;
});
afterAll(() => server.close());

const rate = (key: string, call: string, payload: object) =>
  server.inject({
    method: 'POST',
    url: `/v1/calls/${call}/feedback`,
    headers: { authorization: `Bearer ${key}` },
    payload,
  });

describe('feedback over REST', () => {
  it.each([
    [{ rating: 'up' }],
    [{ rating: 'down', comment: 'It was 14 days.' }],
    [{ score: 0 }],
    [{ score: 0.75, comment: 'Nearly.' }],
  ])('%j reaches the desk in the name of its caller', async (feedback) => {
    const answer = await rate('anna', 'call_7', feedback);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ prompt: 'faq@v1', entry: null });
    expect(core.said).toEqual([{ by: 'anna', call: 'call_7', feedback }]);
  });

  it.each([
    ["somebody else's call", 'boss', 'call_7', { rating: 'down' }, 404, 'unknown_call'],
    ['no call', 'anna', 'nothing', { rating: 'down' }, 404, 'unknown_call'],
    ['another rating', 'anna', 'call_7', { rating: 'meh' }, 400, 'invalid_input'],
    ['no rating', 'anna', 'call_7', {}, 400, 'invalid_input'],
    ['a rating and a score', 'anna', 'call_7', { rating: 'up', score: 1 }, 400, 'invalid_input'],
    ['a score above 1', 'anna', 'call_7', { score: 1.5 }, 400, 'invalid_input'],
    ['an empty comment', 'anna', 'call_7', { score: 1, comment: ' ' }, 400, 'invalid_input'],
    ['more than that', 'anna', 'call_7', { rating: 'up', why: '' }, 400, 'invalid_input'],
  ])('is refused for %s', async (...[, key, call, feedback, status, code]) => {
    const found: Problem = (await rate(key, call, feedback)).json();
    expect(found).toMatchObject({ status, code });
    expect(core.said).toEqual([]);
  });
});
