import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BudgetDraft, BudgetState } from '../../../schemas/wire/budget.ts';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import { rateLimitHeaders } from '../../../src/fronts/rest/rate-limit-headers.ts';
import { withBudgets } from '../../support/budgets.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { askOf, problemIn, type Asked } from '../../support/keyed-server.ts';
import type { RawAnswer } from '../../support/raw-http.ts';
import { runs } from '../../support/depth.ts';

/** 13 h 39 min 29.5 s before the next day, 39 min 29.5 s before the next hour. */
const NOW = Date.parse('2026-03-04T10:20:30.500Z');

const QUESTION = { question: 'How long?' };
const SSE = { accept: 'text/event-stream' };

let server: TestServer | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  vi.useRealTimers();
});

const openWith = async (budgets: Record<string, Partial<BudgetDraft>>): Promise<void> => {
  await server?.close();
  server = await openTestServer({ provider: fakeProvider(ANSWER), settings: withBudgets(budgets) });
};
const ask = (path: string, asked: Asked = {}): Promise<RawAnswer> =>
  askOf(server?.url ?? '', path, asked);
const call = (asked: Asked = {}): Promise<RawAnswer> =>
  ask('/v1/tools/answer_question', { json: QUESTION, ...asked });
const limitsIn = ({ headers }: RawAnswer): unknown[] => [
  headers['ratelimit-policy'],
  headers['ratelimit'],
];

interface Item {
  name: string;
  params: Record<string, number | string>;
}

const ITEM =
  /^"([a-z0-9_-]+)"((?:;[a-z*][a-z0-9_.*-]*=(?:-?\d{1,15}|"[\x20\x21\x23-\x5b\x5d-\x7e]*"))+)$/;

/** A list of strings with parameters, as structured fields (RFC 9651) write it; throws on all else. */
const parseList = (text: unknown): Item[] =>
  String(text)
    .split(', ')
    .map((item) => {
      const [, name = '', params = ''] = ITEM.exec(item) ?? [];
      if (name === '') throw new Error(`no item of structured fields: ${item}`);
      const pairs = params
        .slice(1)
        .split(';')
        .map((pair) => pair.split('='))
        .map(([key = '', value = '']) => [
          key,
          value.startsWith('"') ? value.slice(1, -1) : Number(value),
        ]);
      return { name, params: Object.fromEntries(pairs) as Item['params'] };
    });

describe('the rate limit headers of an answer', () => {
  it.each<[string, Partial<BudgetDraft>, string, string]>([
    [
      'tokens',
      { unit: 'tokens', limit: 100_000 },
      '"mine";q=100000;w=86400;tollgate-unit="tokens"',
      '"mine";r=99880;t=49170',
    ],
    [
      'requests',
      { unit: 'requests', limit: 10, window: 'hour' },
      '"mine";q=10;w=3600;tollgate-unit="requests"',
      '"mine";r=9;t=2370',
    ],
    [
      'dollars',
      { unit: 'usd', limit: 2.01 },
      '"mine";q=2010000;w=86400;tollgate-unit="micro-usd"',
      '"mine";r=2009600;t=49170',
    ],
  ])('say what is left of a budget of %s', async (...[, budget, policy, limit]) => {
    await openWith({ mine: budget });
    const answer = await call();
    expect(answer.status).toBe(200);
    expect(limitsIn(answer)).toEqual([policy, limit]);
  });

  it('name several budgets, tightest first, the same ones in both', async () => {
    await openWith({
      'all-dollars': { unit: 'usd', limit: 2, window: 'month' },
      'few-calls': { unit: 'requests', limit: 3, window: 'minute' },
      'week-tokens': { unit: 'tokens', limit: 20_000, window: 'week' },
    });
    const answer = await call();
    const [policies, limits] = limitsIn(answer).map(parseList);
    const order = ['few-calls', 'week-tokens', 'all-dollars'];
    expect(policies?.map(({ name }) => name)).toEqual(order);
    expect(limits?.map(({ name }) => name)).toEqual(order);
    expect(limits?.[0]?.params).toEqual({ r: 2, t: 30 });
    expect(policies?.map(({ params }) => params['w'])).toEqual([60, 604_800, 2_592_000]);
  });

  it('agree with its body', async () => {
    await openWith({ tokens: { unit: 'tokens', limit: 77_777 }, usd: { limit: 0.3 } });
    const answer = await call();
    const { budget } = (answer.json() as { call: WireCallMeta }).call;
    expect(parseList(answer.headers['ratelimit'])).toEqual(
      budget?.limits.map(({ budget: name, unit, remaining, resets_at }) => ({
        name,
        params: {
          r: unit === 'usd' ? Math.round(remaining * 1e6) : remaining,
          t: Math.ceil((Date.parse(resets_at) - NOW) / 1000),
        },
      })),
    );
  });

  it('come before a stream, when its worst is held', async () => {
    await openWith({ mine: { unit: 'requests', limit: 10 } });
    const answer = await call({ headers: SSE });
    expect(answer.headers['content-type']).toContain('text/event-stream');
    expect(limitsIn(answer)).toEqual([
      '"mine";q=10;w=86400;tollgate-unit="requests"',
      '"mine";r=9;t=49170',
    ]);
  });

  it('are missing where nothing limits, or nothing can be spent', async () => {
    await openWith({});
    expect(limitsIn(await call())).toEqual([undefined, undefined]);
    expect(limitsIn(await call({ headers: SSE }))).toEqual([undefined, undefined]);
    await openWith({ mine: { limit: 1 } });
    const free = await ask('/v1/tools/get_budget', { json: {} });
    expect(limitsIn(free)).toEqual([undefined, undefined]);
    expect(limitsIn(await call({ json: { question: 7 } }))).toEqual([undefined, undefined]);
  });
});

describe('the rate limit headers of a refusal', () => {
  it.each([
    ['JSON', {}],
    ['a stream', SSE],
  ])('of a day say that nothing is left, without a wait, to who wants %s', async (_, headers) => {
    await openWith({ mine: { unit: 'requests', limit: 1 } });
    await call();
    const refused = await call({ headers });
    expect(problemIn(refused)).toMatchObject({ status: 402, code: 'budget_spent' });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(limitsIn(refused)).toEqual([
      '"mine";q=1;w=86400;tollgate-unit="requests"',
      '"mine";r=0;t=49170',
    ]);
    expect(refused.headers['retry-after']).toBeUndefined();
    expect(refused.headers['x-should-retry']).toBe('false');
  });

  it('of a short window come with a wait that is no shorter than its reset', async () => {
    await openWith({
      'per-hour': { unit: 'requests', limit: 1, window: 'hour' },
      'per-minute': { unit: 'requests', limit: 1, window: 'minute' },
    });
    await call();
    const refused = await call();
    expect(problemIn(refused)).toMatchObject({ status: 429, code: 'rate_limited' });
    const limits = parseList(refused.headers['ratelimit']);
    expect(limits.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'per-hour', params: { r: 0, t: 2370 } },
      { name: 'per-minute', params: { r: 0, t: 30 } },
    ]);
    expect(refused.headers['retry-after']).toBe('2370');
    expect(refused.headers['x-should-retry']).toBe('true');
  });
});

describe('the rate limit headers of a refusal while others hold the rest', () => {
  it('come with a second to wait, which goes before the reset: what is held is soon free', async () => {
    const provider = fakeProvider({ ...ANSWER, pauseMs: 50 });
    const settings = withBudgets({ mine: { unit: 'requests', limit: 1 } });
    server = await openTestServer({ provider, settings });
    const running = call();
    while (provider.requests.length === 0) await turn();
    const refused = await call();
    expect(problemIn(refused)).toMatchObject({ status: 429, code: 'budget_held' });
    expect(refused.headers['ratelimit']).toBe('"mine";r=0;t=49170');
    expect(refused.headers['retry-after']).toBe('1');
    expect((await running).status).toBe(200);
  });
});

describe('GET /v1/budget', () => {
  it('says what the tool get_budget says, and the same in headers', async () => {
    await openWith({
      mine: { scope: 'principal', unit: 'requests', limit: 1_000 },
      shop: { scope: 'team', unit: 'tokens', limit: 20_000 },
      other: { scope: 'team', of: 'other', limit: 1 },
    });
    const headers = { 'x-tollgate-team': 'shop' };
    await call({ headers });
    const shown = await ask('/v1/budget', { headers });
    const tool = await ask('/v1/tools/get_budget', { json: {}, headers });
    const { output } = tool.json() as { output: { budgets: BudgetState[] } };
    expect(output.budgets.map(({ budget, used }) => [budget, used])).toEqual([
      ['shop', 120],
      ['mine', 1],
    ]);
    expect(shown.json()).toEqual(output);
    expect(shown.headers['ratelimit']).toBe('"shop";r=19880;t=49170, "mine";r=999;t=49170');
  });
});

/** A budget of 1 dollar, of which all is left for a second. */
const state = (over: Partial<BudgetState>): BudgetState => ({
  budget: 'b',
  scope: 'all',
  of: null,
  unit: 'usd',
  window: 'day',
  limit: 1,
  used: 0,
  held: 0,
  remaining: 1,
  may_pass: 0,
  resets_at: new Date(NOW + 1_000).toISOString(),
  ...over,
});
const remainingIn = (over: Partial<BudgetState>): unknown =>
  parseList(rateLimitHeaders([state(over)], NOW)['ratelimit'])[0]?.params['r'];

describe('amounts in headers', () => {
  it('of money are whole millionths, exact where they can be, else rounded down', () => {
    const nanoUsd = fc.integer({ min: 0, max: 2e15 });
    fc.assert(
      fc.property(nanoUsd, (nano) => {
        expect(remainingIn({ remaining: nano / 1e9 })).toBe(Number(BigInt(nano) / 1000n));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('of tokens are whole, rounded down, and no longer than structured fields allow', () => {
    expect(remainingIn({ unit: 'tokens', remaining: 12.999999 })).toBe(12);
    expect(remainingIn({ unit: 'tokens', remaining: 1e16 })).toBe(999_999_999_999_999);
  });

  it('of time are rounded up, and never 0: a window that has just ended begins anew', () => {
    const seconds = (ms: number): unknown =>
      parseList(
        rateLimitHeaders([state({ resets_at: new Date(NOW + ms).toISOString() })], NOW)[
          'ratelimit'
        ],
      )[0]?.params['t'];
    expect([1, 1_000, 1_001, 0, -5_000].map(seconds)).toEqual([1, 1, 2, 1, 1]);
  });
});
