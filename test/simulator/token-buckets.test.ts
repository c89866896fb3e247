import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { buildTokenBucket } from '../../src/simulator/token-buckets.ts';
import {
  CACHED,
  DAY_OF_TESTS,
  LONG_TEXT,
  MINUTE_MS,
  block,
  buildClock,
  post,
  user,
} from './protocol.ts';
import { clientFor } from './support.ts';

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions) {
  const clock = buildClock(DAY_OF_TESTS);
  const simulator = await startSimulator({ speed: Infinity, now: clock.now, ...options });
  open.push(simulator);
  return { simulator, clock, ask: (params: object = {}) => ask(simulator, params) };
}

const QUESTION = {
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [user('The tower is 90 metres high.\n\nHow high is the tower?')],
};

async function ask(simulator: Simulator, params: object) {
  const response = await post(simulator, { ...QUESTION, ...params });
  const body = (await response.json()) as Anthropic.Message & { error?: { message: string } };
  const header = (name: string): string | null => response.headers.get(name);
  const limit = (name: string) => ({
    limit: Number(header(`anthropic-ratelimit-${name}-limit`)),
    remaining: Number(header(`anthropic-ratelimit-${name}-remaining`)),
    reset: header(`anthropic-ratelimit-${name}-reset`),
  });
  return {
    status: response.status,
    message: body.error?.message ?? '',
    usage: body.usage,
    retryAfter: header('retry-after'),
    limit,
  };
}

describe('a token bucket', () => {
  it('never gives more than a full bucket and what was refilled since', () => {
    const step = fc.record({ waitMs: fc.nat(90_000), amount: fc.nat(5000) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(step), (perMinute, steps) => {
        const clock = buildClock(DAY_OF_TESTS);
        const bucket = buildTokenBucket(perMinute, clock.now);
        let taken = 0;
        let passedMs = 0;
        for (const { waitMs, amount } of steps) {
          clock.pass(waitMs);
          passedMs += waitMs;
          if (bucket.left() < amount) continue;
          bucket.take(amount);
          taken += amount;
        }
        expect(bucket.left()).toBeLessThanOrEqual(perMinute);
        expect(taken).toBeLessThanOrEqual(perMinute + (perMinute * passedMs) / MINUTE_MS);
      }),
    );
  });

  it('has what was asked for after the wait it named, and not a millisecond before', () => {
    const numbers = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(2e6), fc.nat(1e6));
    fc.assert(
      fc.property(numbers, ([perMinute, taken, wanted]) => {
        const clock = buildClock(DAY_OF_TESTS);
        const bucket = buildTokenBucket(perMinute, clock.now);
        const amount = Math.min(wanted, perMinute);
        bucket.take(taken);
        const ms = bucket.msUntil(amount);
        if (ms > 0) {
          clock.pass(ms - 1);
          expect(bucket.left()).toBeLessThan(amount);
          clock.pass(1);
        }
        expect(bucket.left()).toBeGreaterThanOrEqual(amount);
      }),
    );
  });

  it('gives nothing for a clock that is set back', () => {
    const clock = buildClock(DAY_OF_TESTS);
    const bucket = buildTokenBucket(60, clock.now);
    bucket.take(60);
    clock.pass(-MINUTE_MS);
    expect(bucket.left()).toBe(0);
    clock.pass(1000);
    expect(bucket.left()).toBe(1);
  });
});

describe('the headers of an answer', () => {
  it('tell limit, rest and reset of requests and of tokens of each kind', async () => {
    const { ask } = await start({});
    const { limit } = await ask();
    expect(limit('requests')).toEqual({
      limit: 4000,
      remaining: 3999,
      reset: '2026-11-23T12:00:01Z',
    });
    expect(limit('input-tokens')).toMatchObject({ limit: 4_000_000, remaining: 4_000_000 });
    expect(limit('output-tokens')).toMatchObject({ limit: 800_000, remaining: 800_000 });
    expect(limit('tokens')).toMatchObject({ limit: 4_800_000, remaining: 4_800_000 });
  });

  it('round tokens to the nearest thousand', async () => {
    const { ask } = await start({ limits: { inputTokensPerMinute: 10_000 } });
    const { limit, usage } = await ask({ system: LONG_TEXT });
    const left = 10_000 - usage.input_tokens;
    expect(left % 1000).not.toBe(0);
    expect(limit('input-tokens').remaining).toBe(Math.round(left / 1000) * 1000);
  });

  it('are on streams and on count_tokens too', async () => {
    const { simulator } = await start({});
    const client = clientFor(simulator);
    const { model, messages } = QUESTION;
    const stream = await client.messages.create({ ...QUESTION, stream: true }).withResponse();
    stream.data.controller.abort();
    const counted = await client.messages.countTokens({ model, messages }).withResponse();
    for (const { response } of [stream, counted]) {
      expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('3999');
    }
  });

  it('count what was written only once it is written', async () => {
    const { ask, clock } = await start({ limits: { outputTokensPerMinute: 60_000 } });
    const first = await ask({ system: LONG_TEXT });
    expect(first.limit('output-tokens').reset).toBe('2026-11-23T12:00:00Z');
    const second = await ask();
    const passedMs = Date.parse(second.limit('output-tokens').reset ?? '') - clock.now().getTime();
    // 60,000 a minute are one a millisecond.
    expect(passedMs).toBe(Math.ceil(first.usage.output_tokens / 1000) * 1000);
  });
});

describe('a request over the limit', () => {
  it('is refused by the limit on requests, says which and when, and is not billed', async () => {
    const { simulator, clock, ask } = await start({ limits: { requestsPerMinute: 2 } });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 429, retryAfter: '30' });
    expect(refused.message).toMatch(/rate limit of 2 requests per minute/);
    expect(refused.limit('requests')).toEqual({
      limit: 2,
      remaining: 0,
      reset: '2026-11-23T12:01:00Z',
    });
    expect(simulator.ledger()[2]).toMatchObject({ status: 429, usage: null, billed_nano_usd: 0 });
    clock.pass(29_999);
    expect((await ask()).status).toBe(429);
    clock.pass(1);
    expect((await ask()).status).toBe(200);
  });

  it('is what the SDK calls a rate limit', async () => {
    const { simulator } = await start({ limits: { requestsPerMinute: 1 } });
    const client = clientFor(simulator);
    await client.messages.create(QUESTION);
    const error = await client.messages.create(QUESTION).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error).toMatchObject({ status: 429, type: 'rate_limit_error' });
  });

  it('is refused by the limit on input tokens, whole', async () => {
    const { ask } = await start({ limits: { inputTokensPerMinute: 5000 } });
    const statuses = [];
    for (let asked = 0; asked < 3; asked += 1) {
      statuses.push((await ask({ system: LONG_TEXT })).status);
    }
    expect(statuses).toEqual([200, 429, 429]);
    const refused = await ask({ system: LONG_TEXT });
    expect(refused.message).toMatch(/5,000 input tokens per minute/);
    // What is left is still there for a smaller one: a refusal takes nothing.
    expect((await ask()).status).toBe(200);
  });

  it('is refused by the limit on output tokens once an answer has used them up', async () => {
    const { ask, clock } = await start({ limits: { outputTokensPerMinute: 2 } });
    const { usage, status } = await ask();
    expect(status).toBe(200);
    const refused = await ask();
    expect(refused.message).toMatch(/2 output tokens per minute/);
    const overdrawn = usage.output_tokens - 2;
    expect(overdrawn).toBeGreaterThan(0);
    expect(refused.retryAfter).toBe(String((overdrawn + 1) * 30));
    clock.pass(Number(refused.retryAfter) * 1000);
    expect((await ask()).status).toBe(200);
  });

  it('is told to wait a second at least, even if it will never fit', async () => {
    const { ask } = await start({ limits: { inputTokensPerMinute: 10 } });
    expect(await ask()).toMatchObject({ status: 429, retryAfter: '1' });
  });

  it('does not use up what other models have', async () => {
    const { ask } = await start({ limits: { requestsPerMinute: 1 } });
    await ask();
    expect((await ask()).status).toBe(429);
    expect((await ask({ model: 'claude-haiku-5-5' })).status).toBe(200);
  });
});

describe('cache reads', () => {
  it('do not count toward the limit on input tokens', async () => {
    const { ask } = await start({ limits: { inputTokensPerMinute: 6000 } });
    const cached = { system: [block(LONG_TEXT, CACHED)] };
    expect((await ask(cached)).usage.cache_creation_input_tokens).toBeGreaterThan(3000);
    for (let asked = 0; asked < 5; asked += 1) {
      const { status, usage } = await ask(cached);
      expect(status).toBe(200);
      expect(usage.cache_read_input_tokens).toBeGreaterThan(3000);
    }
  });
});

describe('/_sim/limits', () => {
  const put = (simulator: Simulator, body: unknown) =>
    fetch(`${simulator.url}/_sim/limits`, { method: 'PUT', body: JSON.stringify(body) });

  it('changes the limits while it runs, for all models or for one', async () => {
    const { simulator, ask } = await start({ limits: { requestsPerMinute: 1 } });
    await ask();
    expect((await ask()).status).toBe(429);
    const models = { 'claude-haiku-5-5': { requestsPerMinute: 1 } };
    const changed = await put(simulator, { outputTokensPerMinute: 9000, models });
    const limits = {
      requestsPerMinute: 4000,
      inputTokensPerMinute: 4_000_000,
      outputTokensPerMinute: 9000,
    };
    const expected = {
      ...limits,
      models: { 'claude-haiku-5-5': { ...limits, requestsPerMinute: 1 } },
    };
    expect(await changed.json()).toEqual(expected);
    const shown = await fetch(`${simulator.url}/_sim/limits`);
    expect(await shown.json()).toEqual(expected);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const haiku = { model: 'claude-haiku-5-5' };
    expect([(await ask(haiku)).status, (await ask(haiku)).status]).toEqual([200, 429]);
  });

  it.each([
    [[]],
    [{ requestsPerMinute: 0 }],
    [{ requestsPerHour: 5 }],
    [{ models: { 'claude-none': {} } }],
    [{ models: { 'claude-haiku-5-5': { requestsPerMinute: 'many' } } }],
  ])('refuses %j', async (body) => {
    const { simulator, ask } = await start({});
    expect((await put(simulator, body)).status).toBe(400);
    expect((await ask()).limit('requests').limit).toBe(4000);
  });
});
