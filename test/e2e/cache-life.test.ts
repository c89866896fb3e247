import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/read.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { OWNER } from '../support/owner.ts';
import { overRest, overSse } from '../support/rest-calls.ts';
import { send } from '../support/raw-http.ts';
import { WITH_CACHE } from '../support/test-app.ts';
import type { Called } from '../support/called.ts';

const HOUR_MS = 3_600_000;

let simulator: Simulator;
let server: TestServer | undefined;
let clock = Date.now();
beforeEach(async () => {
  clock = Date.now();
  simulator = await startSimulator({ speed: 40, seed: 'life' });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await simulator.close();
});

async function open(
  settings: Partial<Config> = {},
): Promise<(question: string) => Promise<Called>> {
  server = await openTestServer({
    modelUrl: simulator.url,
    settings: { ...WITH_CACHE, ...settings },
    now: () => clock,
  });
  const call = overRest(server.url);
  return (question) => call('answer_question', { question });
}

const post = (question: string, headers: Record<string, string> = {}) =>
  send(`${server?.url ?? ''}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ question }),
  });

const QUESTION = 'How long does standard delivery take?';

describe('a kept answer', () => {
  it('is not served past its time, however often it was used before', async () => {
    const ask = await open();
    const first = await ask(QUESTION);
    clock += 23 * HOUR_MS;
    expect((await ask(QUESTION)).call?.cache).toMatchObject({ tier: 'exact', age_s: 23 * 3_600 });
    clock += 2 * HOUR_MS;
    const later = await ask(QUESTION);
    expect(later.call).toMatchObject({ served_by: 'model', cache: { stored: true } });
    expect(later.call?.id).not.toBe(first.call?.id);
  });

  it('answers past its time when no model can, and says that it is old', async () => {
    const ask = await open();
    const first = await ask(QUESTION);
    clock += 25 * HOUR_MS;
    simulator.faults.add([{ fault: 'overloaded-529' }]);
    const old = await ask(QUESTION);
    expect(old.output).toEqual(first.output);
    expect(old.call).toMatchObject({
      served_by: 'exact_cache',
      degraded: true,
      cache: { tier: 'exact', entry: first.call?.id, age_s: 25 * 3_600 },
    });
  });

  it('is said in Cache-Status, of an answer as of a stream', async () => {
    await open();
    expect((await post(QUESTION)).headers['cache-status']).toBe('tollgate; fwd=miss; stored');
    expect((await post(QUESTION)).headers['cache-status']).toBe('tollgate; hit; detail=exact');
    const streamed = await post(`Hi, ${QUESTION}`, { accept: 'text/event-stream' });
    expect(streamed.headers['cache-status']).toBe('tollgate; hit; detail=canonical');
  });

  it('is asked anew for who sends Cache-Control, as browsers do on a reload', async () => {
    await open();
    await post(QUESTION);
    const again = await post(QUESTION, { 'cache-control': 'max-age=0' });
    expect(again.headers['cache-status']).toBe('tollgate; fwd=miss; stored');
  });

  it('streams as it was answered as JSON, and the other way round', async () => {
    const ask = await open();
    const whole = await ask(QUESTION);
    const streamed = await overSse(server?.url ?? '')('answer_question', { question: QUESTION });
    expect(streamed.output).toEqual(whole.output);
    expect(streamed.events.map(({ event }) => event)).toContain('delta');
    expect(streamed.call).toMatchObject({ served_by: 'exact_cache', attempts: [] });
  });

  it('is foretold by an estimate, which serves nothing', async () => {
    const ask = await open();
    const estimate = async (): Promise<unknown> =>
      (
        await overRest(server?.url ?? '')('estimate_cost', {
          tool: 'answer_question',
          input: { question: QUESTION },
        })
      ).output;
    expect(await estimate()).toMatchObject({ cache: { would_answer: false } });
    await ask(QUESTION);
    expect(await estimate()).toMatchObject({ cache: { would_answer: true } });
  });

  it('is served no more once three callers say that it is wrong', async () => {
    const ask = await open();
    const calls = [await ask(QUESTION), await ask(QUESTION), await ask(QUESTION)];
    for (const { call } of calls) await server?.app.cache.complain(call?.id ?? '');
    expect((await ask(QUESTION)).call?.served_by).toBe('model');
  });

  it('goes when it is purged, also from memory', async () => {
    const ask = await open();
    await ask(QUESTION);
    await ask(QUESTION);
    expect(await server?.app.cache.purge({ tool: 'answer_question' })).toEqual({ purged: 1 });
    expect((await ask(QUESTION)).call?.served_by).toBe('model');
  });

  it('is never that of a stream that was left', async () => {
    const ask = await open();
    const leaving = new AbortController();
    const left = overSse(server?.url ?? '')(
      'answer_question',
      { question: QUESTION },
      {
        signal: leaving.signal,
        onEvent: (event) => {
          if (event === 'delta') leaving.abort();
        },
      },
    );
    await expect(left).rejects.toThrow();
    expect((await ask(QUESTION)).call?.served_by).toBe('model');
  });
});

describe('an embedder that is down', () => {
  const embedding = {
    url: 'http://127.0.0.1:9/v1/embeddings',
    model: 'none',
    shape: 'openai' as const,
    usd_per_million_tokens: 20,
  };

  it('costs the call its answer from nearness, and nothing else', async () => {
    const ask = await open({ embedder: 'http', embedding });
    const { ok, call } = await ask(QUESTION);
    expect(ok).toBe(true);
    expect(call?.attempts.map(({ purpose, outcome }) => [purpose, outcome])).toEqual([
      ['embed', 'failed'],
      ['answer', 'ok'],
    ]);
    const [row] = (await server?.app.ledger(OWNER).calls({ limit: 1 }))?.calls ?? [];
    expect(row).toEqual(call);
  });
});
