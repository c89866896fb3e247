import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WireAttempt, WireCallMeta } from '../../schemas/wire/call.ts';
import {
  chunk,
  DONE,
  event as openAiEvent,
  say,
  startFakeOpenAi,
  tally,
  type FakeOpenAi,
} from '../support/fake-openai.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { OWNER } from '../support/owner.ts';
import { overRest } from '../support/rest-calls.ts';
import { event, startFakeAnthropic, type FakeAnthropic } from '../support/fake-anthropic.ts';

const MODEL = 'claude-haiku-4-5';
const LOCAL = 'my-model';
const PRICES = {
  input: 1,
  output: 5,
  cacheWrite5m: 1.25,
  cacheWrite1h: 2,
  cacheRead: 0.1,
  from: '2025-01-01',
};

let anthropic: FakeAnthropic;
let openai: FakeOpenAi;
let server: TestServer;
let local: TestServer;
beforeAll(async () => {
  anthropic = await startFakeAnthropic();
  openai = await startFakeOpenAi();
  const chains = (models: string[]) => ({ fast: models, balanced: models, deep: models });
  server = await openTestServer({ modelUrl: anthropic.url, settings: { chains: chains([MODEL]) } });
  local = await openTestServer({
    modelUrl: anthropic.url,
    settings: {
      chains: chains([LOCAL]),
      providers: { box: { base_url: openai.url, structured: 'json_schema' } },
      models: {
        [LOCAL]: {
          provider: 'box',
          tokenFactor: 1,
          contextTokens: 100_000,
          maxOutputTokens: 4_000,
          cacheMinimumTokens: 16,
          prices: [PRICES],
        },
      },
    },
  });
});
afterAll(async () => {
  await server.close();
  await local.close();
  await anthropic.close();
  await openai.close();
});
beforeEach(() => {
  anthropic.script = null;
  openai.script = null;
});

const ANSWER = '{"answer":"Within 30 days.","found":true,"sources":["Returns"]}';
let asked = 0;

/** One call, its row, and its one attempt. */
async function ask(
  at: TestServer,
): Promise<{ ok: boolean; row: WireCallMeta; attempt: WireAttempt }> {
  asked += 1;
  const question = `How long may I think about it, for the ${String(asked)}. time?`;
  const { ok } = await overRest(at.url)('answer_question', { question });
  const { calls } = await at.app.ledger(OWNER).calls({ limit: 1 });
  const [row] = calls;
  const [attempt] = row?.attempts ?? [];
  if (!row || !attempt) throw new Error('there must be a row with an attempt');
  return { ok, row, attempt };
}

const start = (usage: unknown, model = MODEL) =>
  event({ type: 'message_start', message: { model, usage } });
const text = event({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: ANSWER },
});
const end = (usage: unknown) => [
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
  event({ type: 'message_stop' }),
];
const PROMPT = { input_tokens: 100, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };

const isSound = ({ cost_usd, usage }: WireAttempt): boolean =>
  cost_usd > 0 &&
  cost_usd < 0.05 &&
  [usage.input, usage.output, usage.cache_read, usage.cache_write_5m].every(
    (count) => Number.isSafeInteger(count) && count >= 0,
  );

describe('counts of a Messages API that cannot be', () => {
  it.each<[string, string[], string[]]>([
    ['none at the end', [start(PROMPT), text, ...end({})], ['output_missing']],
    ['null', [start(PROMPT), text, ...end({ output_tokens: null })], ['output_missing']],
    ['below zero', [start(PROMPT), text, ...end({ output_tokens: -500 })], ['output_unreadable']],
    [
      'a part of one',
      [start(PROMPT), text, ...end({ output_tokens: 20.5 })],
      ['output_unreadable'],
    ],
    ['words', [start(PROMPT), text, ...end({ output_tokens: 'many' })], ['output_unreadable']],
    ['too many', [start(PROMPT), text, ...end({ output_tokens: 1e9 })], ['output_above_limit']],
    ['zero', [start(PROMPT), text, ...end({ output_tokens: 0 })], ['output_too_small']],
    [
      'a prompt that is split',
      [start({ ...PROMPT, input_tokens: 100.3 }), text, ...end({ output_tokens: 20 })],
      ['input_unreadable'],
    ],
    [
      'a prompt below zero',
      [start({ ...PROMPT, input_tokens: -100_000 }), text, ...end({ output_tokens: 20 })],
      ['input_unreadable'],
    ],
    [
      'a prompt that the model cannot hold',
      [start({ ...PROMPT, input_tokens: 1e9 }), text, ...end({ output_tokens: 20 })],
      ['input_above_limit'],
    ],
    [
      'a prompt of nothing',
      [start({ ...PROMPT, input_tokens: 0 }), text, ...end({ output_tokens: 20 })],
      ['input_zero'],
    ],
    ['no beginning', [text, ...end({ output_tokens: 20 })], ['input_missing']],
    ['none at all', [text, ...end(undefined)], ['input_missing', 'output_missing']],
  ])('are replaced and named in the row: %s', async (_what, writes, doubts) => {
    anthropic.script = { writes };
    const { ok, attempt } = await ask(server);
    expect(ok).toBe(true);
    expect(attempt.doubts).toEqual(doubts);
    expect(attempt.usage.source).toBe('estimated');
    expect(isSound(attempt)).toBe(true);
  });

  it('do not spend more than was allowed, whatever they say', async () => {
    anthropic.script = { writes: [start(PROMPT), text, ...end({ output_tokens: 5_000 })] };
    const { attempt } = await ask(server);
    expect(attempt.usage.output).toBe(anthropic.bodies.at(-1)?.['max_tokens']);
    expect(attempt.doubts).toEqual(['output_above_limit']);
  });

  it('are paid for where the writes stand at the end', async () => {
    const zeros = { input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    const final = { output_tokens: 20, cache_creation_input_tokens: 300 };
    anthropic.script = { writes: [start(zeros), text, ...end(final)] };
    const { attempt } = await ask(server);
    expect(attempt.usage).toMatchObject({ cache_write_5m: 300, source: 'provider' });
    expect(attempt.cost_usd).toBeCloseTo((300 * 1.25 + 20 * 5) / 1e6, 12);
  });
});

describe('counts of a chat completion that cannot be', () => {
  const STOP = chunk({}, 'stop');
  it.each<[string, Record<string, unknown>, string[]]>([
    ['the largest', { prompt_tokens: 100, completion_tokens: 2 ** 53 - 1 }, ['output_above_limit']],
    [
      'zeros beside a text',
      { prompt_tokens: 0, completion_tokens: 0 },
      ['input_zero', 'output_too_small'],
    ],
    ['none', {}, ['input_missing', 'output_missing']],
  ])('are replaced and named in the row: %s', async (_what, usage, doubts) => {
    openai.script = { writes: [...say(ANSWER), STOP, tally(usage), DONE] };
    const { ok, attempt } = await ask(local);
    expect(ok).toBe(true);
    expect(attempt.doubts).toEqual(doubts);
    expect(isSound(attempt)).toBe(true);
    // And nothing of it stops the next call.
    openai.script = null;
    expect((await ask(local)).attempt).toMatchObject({ doubts: [], usage: { source: 'provider' } });
  });

  it('are those of the provider, also where another one would have written to its cache', async () => {
    const usage = { prompt_tokens: 111, completion_tokens: 20 };
    openai.script = { writes: [...say(ANSWER), STOP, tally(usage), DONE] };
    await ask(local);
    for (let again = 0; again < 3; again += 1) {
      expect((await ask(local)).attempt.usage).toEqual({
        input: 111,
        output: 20,
        thinking: 0,
        cache_read: 0,
        cache_write_5m: 0,
        cache_write_1h: 0,
        source: 'provider',
      });
    }
  });
});

describe('a model that answers under another name', () => {
  it('is shown, and has its own price where that is known', async () => {
    anthropic.script = {
      writes: [start(PROMPT, 'claude-opus-5-20260301'), text, ...end({ output_tokens: 20 })],
    };
    const { attempt } = await ask(server);
    expect(attempt).toMatchObject({
      model: MODEL,
      answered_by: 'claude-opus-5-20260301',
      doubts: [],
      usage: { source: 'provider' },
    });
    expect(attempt.price_id).toContain('claude-opus-5');
    expect(attempt.cost_usd).toBeCloseTo((100 * 5 + 20 * 25) / 1e6, 12);
  });

  it('is in doubt where its price is not known', async () => {
    const named = openAiEvent({
      model: 'gpt-other',
      choices: [{ delta: { content: ANSWER }, finish_reason: 'stop' }],
    });
    openai.script = {
      writes: [named, tally({ prompt_tokens: 100, completion_tokens: 20 }), DONE],
    };
    const { attempt } = await ask(local);
    expect(attempt).toMatchObject({ answered_by: 'gpt-other', doubts: ['unknown_model'] });
    expect(attempt.cost_usd).toBeCloseTo((100 + 20 * 5) / 1e6, 12);
  });

  it('is the same with a date behind it', async () => {
    anthropic.script = {
      writes: [start(PROMPT, `${MODEL}-20251001`), text, ...end({ output_tokens: 20 })],
    };
    expect((await ask(server)).attempt).toMatchObject({ answered_by: null, doubts: [] });
  });
});

it('a text delta without text is no bug of ours: the model is asked again, then its fallback answers', async () => {
  const empty = event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta' } });
  anthropic.script = { writes: [start(PROMPT), empty, ...end({ output_tokens: 20 })] };
  const { ok, row } = await ask(server);
  expect(ok).toBe(true);
  expect(row.served_by).toBe('fallback');
  expect(row.attempts.map(({ error_code: code }) => code)).toEqual([
    'model_stream_broken',
    'model_stream_broken',
  ]);
});
