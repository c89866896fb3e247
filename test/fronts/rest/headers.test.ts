import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../schemas/wire/problem.ts';
import type { UsageReport } from '../../../schemas/tools/get-usage.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';
import {
  startFakeAnthropic,
  type Script,
  type FakeAnthropic,
} from '../../support/fake-anthropic.ts';

let fakeAnthropic: FakeAnthropic;
let server: TestServer;
beforeAll(async () => {
  fakeAnthropic = await startFakeAnthropic();
  server = await openTestServer({ modelUrl: fakeAnthropic.url });
});
beforeEach(() => {
  fakeAnthropic.script = null;
});
afterAll(async () => {
  await server.close();
  await fakeAnthropic.close();
});

/** A call that the fake answers. */
const ask = (headers: Record<string, string> = {}): Promise<RawAnswer> =>
  send(`${server.url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"question":"How long?"}',
  });

describe('the headers of a problem', () => {
  /** A house of its own for each: after a 429 a model's queue is closed for a while. */
  let own: TestServer;
  beforeEach(async () => {
    own = await openTestServer({ modelUrl: fakeAnthropic.url, settings: { most_attempts: 1 } });
  });
  afterEach(() => own.close());
  const fail = (): Promise<RawAnswer> =>
    send(`${own.url}/v1/tools/rewrite_text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"we got it","instruction":"Make it polite"}',
    });
  const rateLimit = (headers: Record<string, string>): Script => ({
    status: 429,
    type: 'rate_limit_error',
    headers,
  });
  it.each<[string, Script, string | undefined]>([
    ['retryable after a wait', rateLimit({ 'retry-after': '7' }), '7'],
    ['retryable after part of a second', rateLimit({ 'retry-after-ms': '1200' }), '2'],
    ['retryable', { status: 529, type: 'overloaded_error' }, undefined],
    ['not retryable', { status: 400, type: 'invalid_request_error' }, undefined],
  ])('agree with its body when it is %s', async (_what, script, retryAfter) => {
    fakeAnthropic.script = script;
    const { status, headers, json } = await fail();
    const problem = json() as Problem;
    expect(status).toBe(problem.status);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['x-should-retry']).toBe(String(problem.retryable));
    expect(headers['retry-after']).toBe(retryAfter);
    if (retryAfter !== undefined) {
      expect(Math.ceil((problem.retry_after_ms ?? 0) / 1000)).toBe(Number(retryAfter));
    }
  });
});

describe('an answer', () => {
  it('names its call in a header too', async () => {
    const { headers, json } = await ask();
    expect(headers['x-tollgate-call-id']).toBe((json() as { call: { id: string } }).call.id);
  });
});

describe('labels', () => {
  it('go from the headers to the ledger and into the sums', async () => {
    const { json } = await ask({
      'x-tollgate-feature': ' returns page ',
      'x-tollgate-user': 'u-17',
      'x-tollgate-team': 'shop',
    });
    const { call } = json() as { call: { id: string; labels: unknown } };
    expect(call.labels).toEqual({ feature: 'returns page', user: 'u-17', team: 'shop' });
    const row = await send(`${server.url}/v1/calls/${call.id}`);
    expect(row.json()).toEqual(call);
    const usage = await send(`${server.url}/v1/usage?group_by=feature`);
    const { rows } = usage.json() as UsageReport;
    expect(rows.find(({ key }) => key === 'returns page')).toMatchObject({
      calls: 1,
      cost_usd: 0.0004,
    });
  });

  it('are UTF-8, and the same label however they were sent', async () => {
    // Beside a text as body Node sends headers as UTF-8.
    for (const sent of ['zoë', "utf-8''zo%C3%AB", "utf-8''zoe%CC%88"]) {
      const { json } = await ask({ 'x-tollgate-user': sent });
      expect((json() as { call: { labels: unknown } }).call.labels).toMatchObject({ user: 'zoë' });
    }
  });

  it('that are too long are refused before anything is spent', async () => {
    const asked = fakeAnthropic.asked.length;
    const { status, json } = await ask({ 'x-tollgate-feature': 'x'.repeat(201) });
    expect(status).toBe(400);
    expect(json()).toMatchObject({ code: 'invalid_request', call_id: null });
    expect(fakeAnthropic.asked).toHaveLength(asked);
  });
});
