import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withBudgets } from '../../support/budgets.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { askOf, problemIn } from '../../support/keyed-server.ts';
import type { RawAnswer } from '../../support/raw-http.ts';

/** 13 h 39 min 29.5 s before the next day, 39 min 29.5 s before the next hour. */
const NOW = Date.parse('2026-03-04T10:20:30.500Z');
const JSON_ONLY = 'application/json';
const SSE = 'text/event-stream';

let server: TestServer;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  server = await openTestServer({
    // What a prompt was counted at bounds the next one like it: the long one is another tool's.
    provider: fakeProvider(
      {
        pieces: ['{"summary":"Two days."}'],
        counts: { input: 189_900, output: 100 },
      },
      { ...ANSWER, counts: { input: 22_400, output: 100 } },
    ),
    settings: withBudgets({
      'all-day': { unit: 'tokens', limit: 283_000 },
      'shop-hour': { scope: 'team', of: 'shop', unit: 'tokens', limit: 60_000, window: 'hour' },
    }),
  });
});
afterEach(async () => {
  await server.close();
  vi.useRealTimers();
});

const TOOLS = {
  office: { path: '/v1/tools/summarize_text', json: { text: 'It takes two days.' } },
  shop: { path: '/v1/tools/answer_question', json: { question: 'How long?' } },
};

const call = (team: keyof typeof TOOLS, accept: string): Promise<RawAnswer> =>
  askOf(server.url, TOOLS[team].path, {
    json: TOOLS[team].json,
    headers: { accept, 'x-tollgate-team': team },
  });

describe.each([
  ['JSON', JSON_ONLY],
  ['a stream', SSE],
])('a refusal to who wants %s', (_, accept) => {
  it('names the budget that refuses before a tighter one that would pay', async () => {
    for (const team of ['office', 'shop', 'shop'] as const)
      expect((await call(team, accept)).status).toBe(200);
    const refused = await call('shop', accept);
    const { code, limits } = problemIn(refused);
    expect(code).toBe('rate_limited');
    expect(limits?.map(({ budget }) => budget)).toEqual(['shop-hour']);
    expect(refused.headers['ratelimit']).toBe(
      '"shop-hour";r=15000;t=2370, "all-day";r=48000;t=49170',
    );
    expect(refused.headers['ratelimit-policy']).toMatch(/^"shop-hour";.*, "all-day";/);
    // Never before the reset of the budget named first.
    expect(refused.headers['retry-after']).toBe('2370');
  });
});
