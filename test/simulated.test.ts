import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tools } from '../tools/index.ts';
import { buildApp, type App } from '../src/app/app.ts';
import { LOCAL } from '../src/core/call/principal.ts';
import { banner } from '../src/commands/shared/banner.ts';
import type { Config } from '../src/config/read.ts';
import { Model, Endpoint } from '../src/config/model.ts';
import { startFakeOpenAi, type FakeOpenAi } from './support/fake-openai.ts';
import { invoke, silentLog, testConfig, WITH_CACHE } from './support/test-app.ts';

const SIMULATED = 'claude-haiku-5-5';
const REAL = 'my-model';
const QUESTION = { question: 'How do I get my money back?' };

let local: FakeOpenAi;
let app: App | undefined;
beforeEach(async () => {
  local = await startFakeOpenAi();
});
afterEach(async () => {
  await app?.close();
  await local.close();
});

/** No key for Anthropic, and a model of one's own, in these places. */
function open(chains: Partial<Config['chains']>, more: Partial<Config> = {}): App {
  const config: Config = {
    ...testConfig(),
    providers: { here: Endpoint.parse({ base_url: local.url }) },
    models: {
      [REAL]: Model.parse({
        provider: 'here',
        prices: [{ input: 1, output: 2, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 }],
      }),
    },
    chains: { fast: [SIMULATED], balanced: [SIMULATED], deep: [SIMULATED], ...chains },
    ...more,
  };
  app = buildApp(config, { tools, log: silentLog });
  return app;
}

const ALL_REAL = { fast: [REAL], balanced: [REAL], deep: [REAL] };

const simulated = async (tool: string, input: object, key?: string): Promise<unknown> => {
  if (!app) throw new Error('nothing is open');
  const idempotencyKey = key ?? null;
  const { ok, call } = await invoke(app, tool, input, { idempotencyKey });
  expect(ok).toBe(true);
  const row = await app.ledger(LOCAL).call(call.id);
  // What fronts say and what the ledger keeps is the same.
  expect(row.simulated).toBe(call.meta.simulated);
  return row.simulated;
};

const dailyLimit = async (): Promise<unknown> => {
  if (!app) throw new Error('nothing is open');
  const ended = await invoke(app, 'get_budget', {});
  if (!ended.ok) throw ended.problem;
  const { budgets } = ended.output as { budgets: { budget: string; limit: number }[] };
  return budgets.find(({ budget }) => budget === 'local-daily')?.limit;
};

describe('without a key for Anthropic', () => {
  it('with a real local model in every chain nothing is simulated, and a day costs 10 dollars at most', async () => {
    const { simulated: all, simulatedModels } = open(ALL_REAL);
    expect([all, simulatedModels]).toEqual([false, []]);
    expect(await app?.simulatorUrl()).toBeNull();
    expect(await simulated('answer_question', QUESTION)).toBe(false);
    expect(await simulated('get_usage', {})).toBe(false);
    expect(await dailyLimit()).toBe(10);
  });

  it('with none everything is, and a day costs 1,000 of no dollars', async () => {
    expect(open({})).toMatchObject({ simulated: true, simulatedModels: [SIMULATED] });
    expect(await simulated('answer_question', QUESTION)).toBe(true);
    expect(await simulated('get_usage', {})).toBe(true);
    expect(await dailyLimit()).toBe(1_000);
  });

  it('with one beside it each call says who answered it', async () => {
    expect(open({ fast: [REAL] })).toMatchObject({
      simulated: false,
      simulatedModels: [SIMULATED],
    });
    expect(await dailyLimit()).toBe(10);
    const fast = { ...QUESTION, options: { quality: 'fast' } };
    expect(await simulated('answer_question', fast)).toBe(false);
    expect(await simulated('answer_question', QUESTION)).toBe(true);
    expect(await simulated('get_usage', {})).toBe(false);
  });

  it('an answer is simulated when the simulator took it over from a real model', async () => {
    open({ balanced: [REAL, SIMULATED] });
    local.script = { status: 500, writes: ['{}'] };
    expect(await simulated('answer_question', QUESTION)).toBe(true);
  });

  it('a kept answer says of itself what it was when it was made', async () => {
    open({ fast: [REAL] }, WITH_CACHE);
    const fast = { ...QUESTION, options: { quality: 'fast' } };
    for (let times = 0; times < 2; times += 1) {
      expect(await simulated('answer_question', fast)).toBe(false);
      expect(await simulated('answer_question', QUESTION)).toBe(true);
    }
  });

  it('a replay says what the first outcome was', async () => {
    open({ fast: [REAL] });
    for (let times = 0; times < 2; times += 1) {
      expect(await simulated('answer_question', QUESTION, 'key-1')).toBe(true);
    }
  });

  it('a paid embedder makes a day cost 10 dollars at most', async () => {
    open(
      {},
      {
        embedder: 'http',
        embedding: {
          url: 'http://127.0.0.1:9',
          model: 'e',
          shape: 'openai',
          usd_per_million_tokens: 1,
        },
      },
    );
    expect(await dailyLimit()).toBe(10);
  });
});

describe('the banner', () => {
  const players = { url: 'http://x', simulatorUrl: 'http://sim', simulatedModels: [SIMULATED] };

  it.each([
    ['is real', { ...players, simulatorUrl: null, simulated: false }, 'The model is real: calls'],
    [
      'is simulated',
      { ...players, simulated: true },
      'The model is simulated: nothing costs money',
    ],
    [
      'is partly simulated',
      { ...players, simulated: false },
      `these models are simulated, the others are real: ${SIMULATED}.`,
    ],
  ])('says that the model %s', (_, given, said) => {
    expect(banner(given)).toContain(said);
  });
});
