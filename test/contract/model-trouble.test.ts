import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../schemas/problem.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { agreement, FRONTS, withoutIds, type OpenFront } from '../support/fronts.ts';
import { startStandIn, type Script, type StandIn } from '../support/stand-in.ts';

interface Case {
  what: string;
  script: Script;
  code: Code;
  /** What the problem says besides what its code always says. */
  says?: object;
  attempts?: number;
  row?: object;
}

const HALF = ['{"answer":"Within ', '30 '];
const upstream = (status: number, type: string): object => ({
  upstream: { provider: 'anthropic', status, type, request_id: 'req_stand_in' },
});

const CASES: Case[] = [
  {
    what: 'every model overloaded',
    script: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
    code: 'model_unavailable',
    says: { retryable: true, ...upstream(529, 'overloaded_error') },
    attempts: 2,
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
    what: 'a rate limit with a wait',
    script: { status: 429, type: 'rate_limit_error', headers: { 'retry-after': '7' } },
    code: 'model_rate_limited',
    says: { retryable: true, retry_after_ms: 7000, ...upstream(429, 'rate_limit_error') },
    attempts: 2,
  },
  {
    what: 'a stream cut before its first text',
    script: { pieces: [], then: 'cut' },
    code: 'model_stream_broken',
    attempts: 2,
  },
  {
    what: 'a stream cut after text',
    script: { pieces: HALF, then: 'cut' },
    code: 'model_stream_broken',
    says: { retryable: true, partial: { usable: true, text_chars: 10 } },
    attempts: 1,
    row: { usage: { input: 100, source: 'estimated' } },
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
    says: { partial: { usable: true, text_chars: 10 } },
    attempts: 1,
    row: { finish: 'truncated', cost_usd: 0.0004 },
  },
  {
    what: 'an answer that is not JSON',
    script: { pieces: ['Within 30 days.'] },
    code: 'invalid_output',
    attempts: 1,
    row: { cost_usd: 0.0004 },
  },
  {
    what: 'an answer of another shape',
    script: { pieces: ['{"answer":"Yes.","found":"maybe","sources":[]}'] },
    code: 'invalid_output',
    says: { errors: [{ pointer: '/found' }], partial: { usable: true, text_chars: 4 } },
    attempts: 1,
  },
];

const agreed = agreement();

describe.each(FRONTS)('over $name', ({ open }) => {
  let standIn: StandIn;
  let front: OpenFront;
  beforeAll(async () => {
    standIn = await startStandIn();
    front = await open({ modelUrl: standIn.url });
  });
  afterAll(async () => {
    await front.close();
    await standIn.close();
  });

  it.each(CASES)('$what is $code', async ({ what, script, code, says = {}, attempts, row }) => {
    standIn.script = script;
    const before = (await front.rows()).length;
    const { ok, problem } = await front.call('answer_question', { question: 'How long?' });
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
    standIn.script = (model) => (model === 'claude-sonnet-5-5' ? down : null);
    const answered = await front.call('answer_question', { question: 'How long?' });
    expect(answered).toMatchObject({
      ok: true,
      output: { answer: 'Within 30 days.' },
      call: { degraded: true, model: 'claude-haiku-5-5', finish: 'complete' },
    });
    expect(answered.call?.attempts).toMatchObject([
      { model: 'claude-sonnet-5-5', outcome: 'failed', error_code: 'model_unavailable' },
      { model: 'claude-haiku-5-5', outcome: 'ok', error_code: null },
    ]);
    expect((await front.rows())[0]).toEqual(answered.call);
  });

  it('nothing of what the provider said about our key or prompt is lost or leaked', async () => {
    standIn.script = { status: 400, type: 'invalid_request_error', message: 'max_tokens: too big' };
    const { problem } = await front.call('answer_question', { question: 'How long?' });
    expect(problem?.detail).toContain('max_tokens: too big');
    expect(JSON.stringify(problem)).not.toContain('key-of-a-test');
  });
});

describe.each(FRONTS)('with a chain of unpriced models, over $name', ({ open }) => {
  let standIn: StandIn;
  let front: OpenFront;
  beforeAll(async () => {
    standIn = await startStandIn();
    const chain = ['claude-sonnet-5-5', 'claude-nonesuch-9'];
    front = await open({
      modelUrl: standIn.url,
      settings: { chains: { fast: chain, balanced: chain, deep: chain } },
    });
  });
  afterAll(async () => {
    await front.close();
    await standIn.close();
  });

  it('no model is asked, and the problem is unknown_model', async () => {
    const { problem } = await front.call('answer_question', { question: 'How long?' });
    expect(problem).toMatchObject({ code: 'unknown_model', status: 500, retryable: false });
    expect(problem?.detail).toContain('claude-nonesuch-9');
    expect(withoutIds(problem)).toEqual(agreed('unknown_model', withoutIds(problem)));
    expect(standIn.asked).toEqual([]);
    expect(await front.rows()).toMatchObject([{ error_code: 'unknown_model', attempts: [] }]);
  });
});
