import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../schemas/wire/problem.ts';
import { Model } from '../../src/config/model.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { agreement, withoutIds, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';
import { startFakeAnthropic, type Script, type FakeAnthropic } from '../support/fake-anthropic.ts';

const [FIRST, SECOND] = ['first-model', 'second-model'] as const;

/** The less a model's words cost the sooner it is asked again: most of these cases wait for that. */
const CHEAP = Model.parse({
  prices: [{ input: 3.98, output: 0.1, cacheWrite5m: 3.98, cacheWrite1h: 3.98, cacheRead: 3.98 }],
});

interface Case {
  what: string;
  script: Script;
  code: Code;
  /** What the problem says besides what its code always says. */
  says?: object;
  attempts?: number;
  row?: object;
}

const HALF = ['{"text":"Dear ', 'cust'];
const upstream = (status: number, type: string): object => ({
  upstream: { provider: 'anthropic', status, type, request_id: 'req_stand_in' },
});

/** Both models of the chain are asked twice. */
const ALL = 4;

const CASES: Case[] = [
  {
    what: 'every model overloaded',
    script: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
    code: 'model_unavailable',
    says: { retryable: true, ...upstream(529, 'overloaded_error') },
    attempts: ALL,
    row: { cost_usd: 0 },
  },
  {
    what: 'a key that is not accepted',
    script: { status: 401, type: 'authentication_error' },
    code: 'model_auth_failed',
    says: { retryable: false, ...upstream(401, 'authentication_error') },
    attempts: 1,
  },
  {
    what: 'a request the provider rejects',
    script: { status: 400, type: 'invalid_request_error' },
    code: 'model_rejected',
    says: { retryable: false, ...upstream(400, 'invalid_request_error') },
    attempts: 1,
  },
  {
    what: 'a prompt the provider finds too long',
    script: { status: 400, type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' },
    code: 'context_exceeded',
    says: { retryable: false, retry_strategy: 'modify' },
    attempts: 1,
  },
  {
    what: 'an account that is spent',
    script: { status: 402, type: 'billing_error' },
    code: 'model_spend_limit',
    says: { retryable: false },
    attempts: 1,
  },
  {
    what: 'a stream cut before its first text',
    script: { pieces: [], then: 'cut' },
    code: 'model_stream_broken',
    attempts: ALL,
  },
  {
    what: 'a stream cut after text',
    script: { pieces: HALF, then: 'cut' },
    code: 'model_stream_broken',
    says: { retryable: true, partial: { usable: false, text_chars: 9 } },
    attempts: ALL,
    row: { usage: { input: ALL * 100, source: 'estimated' } },
  },
  {
    what: 'a refusal',
    script: { pieces: [], stop: 'refusal' },
    code: 'model_refused',
    says: { retryable: false },
    attempts: 1,
    row: { finish: 'refused', usage: { input: 100, output: 20, source: 'provider' } },
  },
  {
    what: 'an answer cut at the output limit',
    script: { pieces: HALF, stop: 'max_tokens' },
    code: 'output_truncated',
    says: { partial: { usable: false, text_chars: 9 } },
    attempts: 1,
    row: { finish: 'truncated', cost_usd: 0.0004 },
  },
  {
    what: 'an answer that is not JSON, and is not when asked again',
    script: { pieces: ['Dear customer.'] },
    code: 'invalid_output',
    attempts: 2,
    row: { cost_usd: 0.0008 },
  },
  {
    what: 'an answer of another shape, twice',
    script: { pieces: ['{"text":"Dear.","more":1}'] },
    code: 'invalid_output',
    says: { partial: { usable: false, text_chars: 5 } },
    attempts: 2,
  },
];

const INPUT = { text: 'we got your parcel', instruction: 'Make it a reply to a customer' };

const CHAIN = [FIRST, SECOND];

/** So many failures in a row would open the breakers, and a case would meet what the last one left. */
const SETTINGS = {
  breaker: { consecutive: 1_000, minimum: 1_000 },
  tools: { rewrite_text: { deadline_ms: 10_000 } },
  models: { [FIRST]: CHEAP, [SECOND]: CHEAP },
  chains: { fast: CHAIN, balanced: CHAIN, deep: CHAIN },
};

const agreed = agreement();

describe.each(IN_PROCESS)('over $name', ({ open }) => {
  let fakeAnthropic: FakeAnthropic;
  let front: OpenFront;
  beforeAll(async () => {
    fakeAnthropic = await startFakeAnthropic();
    front = await open({ modelUrl: fakeAnthropic.url, settings: SETTINGS });
  });
  afterAll(async () => {
    await front.close();
    await fakeAnthropic.close();
  });

  it.each(CASES)('$what is $code', async ({ what, script, code, says = {}, attempts, row }) => {
    fakeAnthropic.script = script;
    const before = (await front.rows()).length;
    const { ok, problem } = await front.call('rewrite_text', INPUT);
    expect(ok).toBe(false);
    expect(Problem.strict().parse(problem)).toEqual(problem);
    expect(problem).toMatchObject({ code, status: CODES[code].status, ...says });
    expect(problem?.next_actions).not.toEqual([]);
    expect(withoutIds(problem)).toEqual(agreed(what, withoutIds(problem)));

    const rows = await front.rows();
    expect(rows).toHaveLength(before + 1);
    expect(rows[0]).toMatchObject({
      id: problem?.call_id,
      error_code: code,
      finish: 'error',
      served_by: 'none',
      ...row,
    });
    expect(rows[0]?.attempts).toHaveLength(attempts ?? 0);
  });

  it('the next model answers when the first is down, and the answer says so', async () => {
    const down: Script = { status: 529, type: 'overloaded_error' };
    fakeAnthropic.script = (model) => (model === FIRST ? down : null);
    const answered = await front.call('rewrite_text', INPUT);
    expect(answered).toMatchObject({
      ok: true,
      output: { text: 'Dear customer.' },
      call: { degraded: true, model: SECOND, served_by: 'model', finish: 'complete' },
    });
    expect(answered.call?.attempts).toMatchObject([
      { model: FIRST, outcome: 'failed', error_code: 'model_unavailable', reached: 'answered' },
      { model: FIRST, outcome: 'failed', error_code: 'model_unavailable' },
      { model: SECOND, outcome: 'ok', error_code: null },
    ]);
    expect(answered.call?.attempts[2]?.reason).toContain(`after model_unavailable of ${FIRST}`);
    expect(answered.call?.route).toMatchObject({ chain: 'balanced' });
    expect((await front.rows())[0]).toEqual(answered.call);
  });

  it('an answer that breaks off begins anew, and a stream says so before the new text', async () => {
    const broken: Script = { pieces: HALF, then: 'cut' };
    fakeAnthropic.script = (model) => (model === FIRST ? broken : null);
    const { ok, output, events, call } = await front.call('rewrite_text', INPUT);
    expect({ ok, output }).toEqual({ ok: true, output: { text: 'Dear customer.' } });
    expect(call).toMatchObject({ model: SECOND, degraded: true });
    // JSON answers have no events on the way.
    if (!events.some(({ event }) => event === 'delta')) return;
    const restart = { reason: 'model_stream_broken', model: SECOND };
    expect(events).toContainEqual({ event: 'restart', data: restart });
    const last = events.findLastIndex(({ event }) => event === 'restart');
    const text = events.slice(last + 1).map(({ data }) => (data as { text: string }).text);
    expect(text.join('')).toBe('Dear customer.');
  });

  it('a reply of the wrong shape is mended by the model that gave it', async () => {
    let asked = 0;
    fakeAnthropic.script = () => ((asked += 1) === 1 ? { pieces: ['{"text":7}'] } : null);
    const { ok, call } = await front.call('rewrite_text', INPUT);
    expect(ok).toBe(true);
    expect(call).toMatchObject({ model: FIRST, degraded: false });
    expect(call?.attempts).toMatchObject([
      { model: FIRST, outcome: 'invalid', error_code: 'invalid_output' },
      { model: FIRST, outcome: 'ok' },
    ]);
  });

  it('a tool with an answer of its own gives that when no model can, and says so', async () => {
    fakeAnthropic.script = { status: 529, type: 'overloaded_error' };
    const question = 'How do I return an item and get my money back?';
    const { ok, output, call } = await front.call('answer_question', { question });
    expect(ok).toBe(true);
    expect(output).toMatchObject({ found: true, sources: [question] });
    expect(call).toMatchObject({
      served_by: 'fallback',
      degraded: true,
      model: null,
      finish: 'complete',
      error_code: null,
      cost_usd: 0,
    });
    expect(call?.attempts.map(({ error_code }) => error_code)).toEqual(
      Array.from({ length: ALL }, () => 'model_unavailable'),
    );
    expect((await front.rows())[0]).toEqual(call);
  });

  it('nothing of what the provider said about our key or prompt is lost or leaked', async () => {
    fakeAnthropic.script = {
      status: 400,
      type: 'invalid_request_error',
      message: 'max_tokens: too big',
    };
    const { problem } = await front.call('rewrite_text', INPUT);
    expect(problem?.detail).toContain('max_tokens: too big');
    expect(JSON.stringify(problem)).not.toContain('key-of-a-test');
  });
});

describe.each(IN_PROCESS)('under a rate limit that outlasts the call, over $name', ({ open }) => {
  let fakeAnthropic: FakeAnthropic;
  let front: OpenFront;
  beforeAll(async () => {
    fakeAnthropic = await startFakeAnthropic();
    front = await open({ modelUrl: fakeAnthropic.url, settings: SETTINGS });
  });
  afterAll(async () => {
    await front.close();
    await fakeAnthropic.close();
  });

  it('nobody waits, the problem says for how long, and the next call is not even sent', async () => {
    const headers = { 'retry-after': '20' };
    fakeAnthropic.script = { status: 429, type: 'rate_limit_error', headers };
    const { problem } = await front.call('rewrite_text', INPUT);
    expect(problem).toMatchObject({
      code: 'model_rate_limited',
      retryable: true,
      retry_after_ms: 20_000,
      ...upstream(429, 'rate_limit_error'),
    });
    expect(withoutIds(problem)).toEqual(agreed('rate limit', withoutIds(problem)));
    expect(fakeAnthropic.asked).toEqual([FIRST, SECOND]);

    const { problem: refused } = await front.call('rewrite_text', INPUT);
    expect(refused).toMatchObject({ code: 'overloaded', status: 503, retryable: true });
    expect(refused?.retry_after_ms).toBeGreaterThan(10_000);
    expect(fakeAnthropic.asked).toHaveLength(2);
    expect((await front.rows())[0]).toMatchObject({ error_code: 'overloaded', attempts: [] });
  });
});
