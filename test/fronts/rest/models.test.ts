import { afterEach, describe, expect, it } from 'vitest';
import { ListModelsResult, type ModelStatus } from '../../../schemas/wire/model.ts';
import { problem } from '../../../src/errors/problem.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import {
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from '../../support/test-server.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

async function open(options: TestServerOptions): Promise<string> {
  server = await openTestServer(options);
  return server.url;
}

async function listModels(url: string): Promise<ModelStatus[]> {
  const response = await fetch(`${url}/v1/models`);
  expect(response.status).toBe(200);
  const body: unknown = await response.json();
  const parsed = ListModelsResult.parse(body);
  // Nothing is sent that the schema does not describe.
  expect(parsed).toEqual(body);
  return parsed.models;
}

const ask = (url: string): Promise<Response> =>
  fetch(`${url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"question":"How long can I return an order?"}',
  });

const DOWN = fakeProvider({ error: problem('model_unavailable', { detail: 'It is down.' }) });
/** One failure is enough. */
const STRICT = { breaker: { consecutive: 1 } };

describe('GET /v1/models', () => {
  it('lists every model of the chains with its price and its provider', async () => {
    const models = await listModels(await open({ provider: fakeProvider(ANSWER) }));
    expect(models.map(({ model, chains }) => [model, chains])).toEqual([
      ['claude-haiku-5-5', ['fast', 'balanced', 'deep']],
      ['claude-sonnet-5-5', ['fast', 'balanced', 'deep']],
      ['claude-opus-5-5', ['deep']],
    ]);
    expect(models[2]).toMatchObject({ provider: 'fake', price: { input: 4, output: 20 } });
  });

  it('has models of the settings, under the provider that they name', async () => {
    const prices = { input: 1, output: 2, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 };
    const mine = {
      provider: 'here',
      tokenFactor: 1,
      contextTokens: 8_192,
      maxOutputTokens: 2_048,
      cacheMinimumTokens: 1024,
      prices: [{ from: '2025-01-01', ...prices }] as [typeof prices & { from: string }],
    };
    const chain = ['mine', 'claude-haiku-5-5'];
    const url = await open({
      settings: {
        chains: { fast: chain, balanced: chain, deep: chain },
        models: { mine },
        providers: { here: { base_url: 'http://127.0.0.1:9/v1', structured: 'json_schema' } },
      },
    });
    expect(await listModels(url)).toMatchObject([
      { model: 'mine', provider: 'here', context_tokens: 8_192, max_output_tokens: 2_048 },
      { model: 'claude-haiku-5-5', provider: 'anthropic' },
    ]);
  });

  it('shows what calls have taught: attempts that went well', async () => {
    const url = await open({ provider: fakeProvider(ANSWER) });
    expect((await ask(url)).status).toBe(200);
    const asked = (await listModels(url)).find(({ model }) => model === 'claude-sonnet-5-5');
    expect(asked).toMatchObject({
      breaker: { state: 'closed', recent: { ok: 1, failed: 0, slow: 0 } },
      queue: { running: 0, waiting: 0, limits: null },
    });
  });

  it('shows which models are not asked, why and until when', async () => {
    const url = await open({ provider: DOWN, settings: STRICT });
    const answer: unknown = await (await ask(url)).json();
    expect(answer).toMatchObject({ call: { served_by: 'fallback', degraded: true } });
    const [haiku, sonnet, opus] = (await listModels(url)).map(({ breaker }) => breaker);
    for (const breaker of [haiku, sonnet]) {
      expect(breaker).toMatchObject({ state: 'open', recent: { failed: 1 } });
      expect(breaker?.reason).toContain('model_unavailable');
      expect(Date.parse(breaker?.retry_at ?? '')).toBeGreaterThan(Date.now());
    }
    // It was not in the chain, so nothing is known of it.
    expect(opus).toMatchObject({ state: 'closed', reason: null });
  });
});

describe('GET /ready', () => {
  it('says of each model whether it is asked', async () => {
    const response = await fetch(`${await open({ provider: fakeProvider(ANSWER) })}/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ready',
      parts: { store: null, event_loop: null },
      longest_hold_ms: expect.any(Number) as number,
      warnings: [],
      models: {
        'claude-haiku-5-5': 'closed',
        'claude-sonnet-5-5': 'closed',
        'claude-opus-5-5': 'closed',
      },
    });
  });

  it('stays ready with models down: calls are answered around them', async () => {
    const url = await open({ provider: DOWN, settings: STRICT });
    await ask(url);
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ready',
      models: { 'claude-haiku-5-5': 'open', 'claude-sonnet-5-5': 'open' },
    });
  });
});
