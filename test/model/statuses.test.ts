import { describe, expect, it } from 'vitest';
import { ModelStatus } from '../../schemas/wire/model.ts';
import { modelStatuses } from '../../src/model/statuses.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { modelParts } from '../support/model-parts.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const CHAINS = {
  fast: ['claude-haiku-5-5'],
  balanced: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
  deep: ['claude-opus-5-5', 'claude-sonnet-5-5'],
};
const setUp = () => modelParts(fakeProvider(ANSWER), { now: () => NOW });

describe('the status of models', () => {
  it('is one of each model of a chain, with its chains, price and size', () => {
    const statuses = modelStatuses(setUp(), CHAINS);
    expect(statuses.map(({ model, chains }) => [model, chains])).toEqual([
      ['claude-haiku-5-5', ['fast', 'balanced']],
      ['claude-sonnet-5-5', ['balanced', 'deep']],
      ['claude-opus-5-5', ['deep']],
    ]);
    for (const status of statuses) expect(ModelStatus.strict().parse(status)).toEqual(status);
    expect(statuses[1]).toMatchObject({
      provider: 'fake',
      price: { input: 2, output: 10, cache_write_5m: 2.5, cache_write_1h: 4, cache_read: 0.1 },
      context_tokens: 1_000_000,
      max_output_tokens: 128_000,
    });
  });

  it('is none of a model without a price, which is never asked', () => {
    const chains = { ...CHAINS, fast: ['claude-unheard-of'] };
    const names = modelStatuses(setUp(), chains).map(({ model }) => model);
    expect(names).toEqual(['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5']);
  });

  it('of a model that nothing happened to is quiet, and knows nothing', () => {
    expect(modelStatuses(setUp(), CHAINS)[0]).toMatchObject({
      breaker: {
        state: 'closed',
        since: '2026-11-23T12:00:00.000Z',
        reason: null,
        retry_at: null,
        recent: { ok: 0, failed: 0, slow: 0 },
      },
      usual: { first_token_ms: null, tokens_per_second: null },
      queue: { running: 0, waiting: 0, paused_until: null, limits: null },
    });
  });

  it('says why its breaker is open and when it is tried again', () => {
    const parts = setUp();
    for (let times = 0; times < 3; times += 1) {
      parts.breakers
        .of('claude-haiku-5-5')
        .enter()
        ?.end({ verdict: 'failed', tokensPerSecond: null, why: 'model_timeout' });
    }
    const [haiku, sonnet] = modelStatuses(parts, CHAINS);
    expect(haiku?.breaker).toMatchObject({
      state: 'open',
      reason: expect.stringContaining('model_timeout') as string,
      retry_at: '2026-11-23T12:00:10.000Z',
      recent: { failed: 3 },
    });
    expect(sonnet?.breaker.state).toBe('closed');
  });

  it('says who waits, until when nobody starts, and what the provider allows', async () => {
    const parts = setUp();
    const queue = parts.queues.of('claude-haiku-5-5');
    const ask = {
      principal: 'local',
      inputTokens: 10,
      outputTokens: 10,
      startBy: Infinity,
      signal: new AbortController().signal,
      onPosition: () => undefined,
    };
    const slot = await queue.enter(ask);
    slot.limitsReceived({ requests: { limit: 50, remaining: 30.7, fullAt: NOW + 30_000 } });
    slot.refused(5_000);
    void queue.enter(ask);
    const [haiku] = modelStatuses(parts, CHAINS);
    expect(haiku?.queue).toMatchObject({
      running: 1,
      waiting: 1,
      paused_until: '2026-11-23T12:00:05.000Z',
      limits: { requests: { limit: 50 }, input_tokens: null, output_tokens: null },
    });
    expect(Number.isInteger(haiku?.queue.limits?.requests?.remaining)).toBe(true);
    slot.leave();
  });
});
