import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { SUMMARY, ask, billOf, lastEntry, stream, waitFor } from './faults-support.ts';
import type { Seen } from './faults-support.ts';
import { clientFor } from './support.ts';

let simulator: Simulator;
let whole: Seen;
let wholeBill: number;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'faults' });
  whole = await stream(simulator);
  wholeBill = (await lastEntry(simulator)).billed_nano_usd;
});

afterAll(() => simulator.close());

describe('a reply that stops for another reason', () => {
  it.each([
    ['truncated-max-tokens', 'max_tokens'],
    ['pause-turn', 'pause_turn'],
    ['context-exceeded', 'model_context_window_exceeded'],
    ['refusal-mid-stream', 'refusal'],
  ])('%s ends in the middle, billed for its part', async (name, reason) => {
    const seen = await stream(simulator, { fault: `${name};at_token=6` });
    expect(seen).toMatchObject({ error: null, stopReason: reason });
    expect(seen.text).not.toBe('');
    expect(whole.text.startsWith(seen.text)).toBe(true);
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({ fault: name, ended: 'complete', usage: { output_tokens: 6 } });
    expect(entry.billed_nano_usd).toBe(billOf(entry));
    const response = await ask(simulator, {}, { 'x-sim-fault': `${name};at_token=6` });
    expect(await response.json()).toMatchObject({
      content: [{ text: seen.text }],
      stop_reason: reason,
    });
  });

  it('refusal-before-output has no content, says why, and is free', async () => {
    const client = clientFor(simulator);
    const headers = { 'x-sim-fault': 'refusal-before-output' };
    const message = await client.messages.create(SUMMARY, { headers });
    const streamed = await client.messages.stream(SUMMARY, { headers }).finalMessage();
    for (const { content, stop_reason, stop_details } of [message, streamed]) {
      expect({ content, stop_reason }).toEqual({ content: [], stop_reason: 'refusal' });
      expect(stop_details).toMatchObject({ type: 'refusal' });
    }
    const [one, two] = simulator.ledger().slice(-2);
    expect([one?.billed_nano_usd, two?.billed_nano_usd]).toEqual([0, 0]);
  });

  it('empty-reply ends as if it were whole, with no content', async () => {
    const seen = await stream(simulator, { fault: 'empty-reply' });
    expect(seen).toMatchObject({ error: null, text: '', stopReason: 'end_turn' });
    expect(seen.types).toEqual(['message_start', 'message_delta', 'message_stop']);
    const entry = await lastEntry(simulator);
    expect(entry.billed_nano_usd).toBe((entry.usage?.input_tokens ?? 0) * 100);
  });

  it.each(['broken-schema', 'not-json'])('%s is not what the schema allows', async (name) => {
    const properties = { title: { type: 'string' }, summary: { type: 'string' } };
    const schema = {
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    };
    const body = { output_config: { format: { type: 'json_schema', schema } } };
    const text = async (headers: Record<string, string>) => {
      const { content } = (await (await ask(simulator, body, headers)).json()) as {
        content: [{ text: string }];
      };
      return content[0].text;
    };
    expect(Object.keys(JSON.parse(await text({})) as object)).toEqual(['title', 'summary']);
    const broken = await text({ 'x-sim-fault': name });
    if (name === 'not-json') expect(() => JSON.parse(broken) as unknown).toThrow(SyntaxError);
    else {
      expect(Object.keys(JSON.parse(broken) as object)).toEqual(['summary', 'unexpected_member']);
    }
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({ fault: name, ended: 'complete' });
    expect(entry.billed_nano_usd).toBe(billOf(entry));
  });
});

describe('before the body', () => {
  it('hang never answers, and the client that leaves pays for its prompt', async () => {
    const leave = new AbortController();
    const streaming = stream(simulator, { fault: 'hang', signal: leave.signal });
    await waitFor(() => simulator.ledger().find(({ fault, ended }) => fault === 'hang' && !ended));
    leave.abort();
    expect((await streaming).error).toBeInstanceOf(Anthropic.APIUserAbortError);
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({ ended: 'client_gone', status: 499, delivered: { events: 0 } });
    expect(entry.usage).toMatchObject({ output_tokens: 0 });
    expect(entry.billed_nano_usd).toBe(billOf(entry));
    expect(entry.billed_nano_usd).toBeGreaterThan(0);
  });

  it('reset-before-headers is a connection error, and free', async () => {
    const { error } = await stream(simulator, { fault: 'reset-before-headers' });
    expect(error).toBeInstanceOf(Anthropic.APIConnectionError);
    expect(await lastEntry(simulator)).toMatchObject({
      fault: 'reset-before-headers',
      ended: 'error',
      status: null,
      billed_nano_usd: 0,
    });
  });

  it('slow-headers come no earlier than said', async () => {
    const begin = performance.now();
    await ask(simulator, { stream: true }, { 'x-sim-fault': 'slow-headers;ms=150' });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
  });

  it('clock-skew dates the answer an hour ahead', async () => {
    const response = await ask(simulator, {}, { 'x-sim-fault': 'clock-skew;ms=3600000' });
    const ahead = Date.parse(response.headers.get('date') ?? '') - Date.now();
    expect(ahead).toBeGreaterThan(3_500_000);
  });
});

describe('the pace', () => {
  it('slow-first-token lets message_start through and holds the text back', async () => {
    const begin = performance.now();
    let first = 0;
    await stream(simulator, {
      fault: 'slow-first-token;ms=150',
      onDelta: (deltas) => {
        if (deltas === 1 && first === 0) first = performance.now() - begin;
      },
    });
    expect(first).toBeGreaterThanOrEqual(145);
  });

  it('slow-tokens is no faster than said', async () => {
    const begin = performance.now();
    const headers = { 'x-sim-fault': 'slow-tokens;tokens_per_second=200' };
    await ask(simulator, { max_tokens: 40 }, headers);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(190);
  });
});

describe('usage faults', () => {
  it('missing-usage leaves it out everywhere', async () => {
    const response = await ask(simulator, { stream: true }, { 'x-sim-fault': 'missing-usage' });
    expect(await response.text()).not.toContain('"usage"');
    const whole = await ask(simulator, {}, { 'x-sim-fault': 'missing-usage' });
    expect(await whole.json()).not.toHaveProperty('usage');
    const bills = simulator.ledger().slice(-2);
    expect(bills.map(({ billed_nano_usd }) => billed_nano_usd)).toEqual([wholeBill, wholeBill]);
  });

  it('missing-final-usage leaves only the placeholder', async () => {
    const seen = await stream(simulator, { fault: 'missing-final-usage' });
    expect(seen.usage).toBeUndefined();
  });

  it('null-cache-counts are null wherever there is usage', async () => {
    const response = await ask(simulator, { stream: true }, { 'x-sim-fault': 'null-cache-counts' });
    const text = await response.text();
    expect(text.match(/"cache_read_input_tokens":null/g)).toHaveLength(2);
    expect(text).toContain('"cache_creation":null');
  });

  it('duplicated-message-delta says the same twice', async () => {
    const { types } = await stream(simulator, { fault: 'duplicated-message-delta' });
    expect(types.slice(-3)).toEqual(['message_delta', 'message_delta', 'message_stop']);
  });

  it('late-message-delta comes no earlier than said', async () => {
    const begin = performance.now();
    await stream(simulator, { fault: 'late-message-delta;ms=150' });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
  });
});
