import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/simulator/faults/catalogue.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { SUMMARY, ask, billOf, lastEntry, stream, waitFor } from './faults-support.ts';
import type { Seen } from './faults-support.ts';

let simulator: Simulator;
let whole: Seen;
let wholeBill: number;
let wholeOutputTokens: number;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'faults' });
  whole = await stream(simulator);
  const entry = await lastEntry(simulator);
  wholeBill = entry.billed_nano_usd;
  wholeOutputTokens = entry.usage?.output_tokens ?? 0;
});

afterAll(() => simulator.close());

interface StatusRow {
  status: number;
  type: string;
  error: new (...args: never[]) => Error;
  code?: string;
  headers?: Record<string, string | RegExp>;
}

const LIMITED = { status: 429, type: 'rate_limit_error', error: Anthropic.RateLimitError };

const STATUS: Record<string, StatusRow> = {
  'invalid-request-400': {
    status: 400,
    type: 'invalid_request_error',
    error: Anthropic.BadRequestError,
  },
  'authentication-401': {
    status: 401,
    type: 'authentication_error',
    error: Anthropic.AuthenticationError,
  },
  'billing-402': { status: 402, type: 'billing_error', error: APIError },
  'permission-403': {
    status: 403,
    type: 'permission_error',
    error: Anthropic.PermissionDeniedError,
  },
  'not-found-404': { status: 404, type: 'not_found_error', error: Anthropic.NotFoundError },
  'too-large-413': { status: 413, type: 'request_too_large', error: APIError },
  'rate-limit-429': { ...LIMITED, headers: { 'retry-after': '1' } },
  'rate-limit-429-date': { ...LIMITED, headers: { 'retry-after': /^\w{3}, \d\d .* GMT$/ } },
  'rate-limit-429-ms': { ...LIMITED, headers: { 'retry-after-ms': '50' } },
  'rate-limit-429-absurd': { ...LIMITED, headers: { 'retry-after': '86400' } },
  'ramp-limit-429': { ...LIMITED, code: 'ramp_limit_exceeded', headers: { 'retry-after': '1' } },
  'enforced-spend-limit-429': { ...LIMITED, code: 'enforced_spend_limit_reached' },
  'contract-spend-limit-429': { ...LIMITED, code: 'contract_spend_limit_reached' },
  'api-error-500': { status: 500, type: 'api_error', error: Anthropic.InternalServerError },
  'unavailable-503': { status: 503, type: 'api_error', error: Anthropic.InternalServerError },
  'timeout-504': { status: 504, type: 'timeout_error', error: Anthropic.InternalServerError },
  'overloaded-529': {
    status: 529,
    type: 'overloaded_error',
    error: Anthropic.InternalServerError,
  },
  'retryable-400': {
    status: 400,
    type: 'invalid_request_error',
    error: Anthropic.BadRequestError,
    headers: { 'x-should-retry': 'true' },
  },
  'final-500': {
    status: 500,
    type: 'api_error',
    error: Anthropic.InternalServerError,
    headers: { 'x-should-retry': 'false' },
  },
};

describe('a status fault', () => {
  it.each(Object.entries(STATUS))('%s is that error for the SDK, and free', async (name, row) => {
    const { error } = await stream(simulator, { fault: name });
    expect(error).toBeInstanceOf(row.error);
    const { status, type, requestID, errorCode, headers } = error as APIError;
    expect({ status, type }).toEqual({ status: row.status, type: row.type });
    expect(errorCode ?? undefined).toBe(row.code);
    for (const [header, value] of Object.entries(row.headers ?? {})) {
      expect(headers?.get(header)).toMatch(value);
    }
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({
      request_id: requestID,
      model: SUMMARY.model,
      stream: true,
      fault: name,
      status: row.status,
      ended: 'error',
      billed_nano_usd: 0,
    });
    expect((error as APIError).error).toMatchObject({ type: 'error', request_id: requestID });
  });

  it('bad-gateway-502 is a page of HTML', async () => {
    const response = await ask(simulator, {}, { 'x-sim-fault': 'bad-gateway-502' });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('<h1>502 Bad Gateway</h1>');
    const { error } = await stream(simulator, { fault: 'bad-gateway-502' });
    expect(error).toBeInstanceOf(Anthropic.InternalServerError);
    expect(await lastEntry(simulator)).toMatchObject({ status: 502, billed_nano_usd: 0 });
  });

  it('tells the wait it was given', async () => {
    const response = await ask(simulator, {}, { 'x-sim-fault': 'rate-limit-429;retry_after=7' });
    expect(response.headers.get('retry-after')).toBe('7');
  });

  it('names a retry date by the clock of the simulator, never too early', async () => {
    const now = () => new Date('2026-11-23T10:00:00.400Z');
    const other = await startSimulator({ speed: Infinity, now });
    const response = await ask(other, {}, { 'x-sim-fault': 'rate-limit-429-date;retry_after=5' });
    expect(response.headers.get('retry-after')).toBe('Mon, 23 Nov 2026 10:00:06 GMT');
    await other.close();
  });
});

/** Harmless faults whose default would make the tests slow. */
const BRIEF: Record<string, string> = {
  'slow-headers': ';ms=20',
  'late-message-delta': ';ms=20',
  'slow-first-token': ';ms=20',
  'slow-tokens': ';tokens_per_second=4000',
};
/** Faults that cost more and change nothing else: their bills are the matter of another file. */
const DEAR = ['undercounted-input', 'late-thinking'];
const HARMLESS = FAULTS.filter(({ harmless }) => harmless).map(({ name }) => name);

describe('a harmless fault', () => {
  it.each(HARMLESS)(
    '%s leaves the answer as it is, and what it costs is what the usage says',
    async (name) => {
      const seen = await stream(simulator, { fault: `${name}${BRIEF[name] ?? ''}` });
      const { error, text, stopReason } = seen;
      expect({ error, text, stopReason }).toEqual({
        error: null,
        text: whole.text,
        stopReason: 'end_turn',
      });
      expect(seen.types.at(-1)).toBe('message_stop');
      const entry = await lastEntry(simulator);
      expect(entry).toMatchObject({ fault: name, status: 200, ended: 'complete' });
      expect(entry.billed_nano_usd).toBe(billOf(entry));
      if (DEAR.includes(name)) expect(entry.billed_nano_usd).toBeGreaterThan(wholeBill);
      else expect(entry.billed_nano_usd).toBe(wholeBill);
    },
  );

  it.each(HARMLESS.filter((name) => !FAULTS.find((f) => f.name === name)?.streamOnly))(
    '%s leaves an answer in one piece right too',
    async (name) => {
      const response = await ask(simulator, {}, { 'x-sim-fault': `${name}${BRIEF[name] ?? ''}` });
      expect(await response.json()).toMatchObject({ content: [{ text: whole.text }] });
      expect(await lastEntry(simulator)).toMatchObject({ fault: name, ended: 'complete' });
    },
  );
});

/** What is left of a stream that ends early, by any way. */
async function expectBroken(seen: Seen): Promise<void> {
  expect(whole.text.startsWith(seen.text)).toBe(true);
  expect(seen.types).not.toContain('message_stop');
  const entry = await lastEntry(simulator);
  expect(entry).toMatchObject({ ended: 'error', status: 200 });
  expect(entry.delivered.text_chars).toBe(seen.text.length);
  expect(entry.billed_nano_usd).toBe(billOf(entry));
  expect(entry.billed_nano_usd).toBeGreaterThan(0);
}

/** How the other faults end for a client of the raw stream, and in the ledger. */
const BROKEN: Record<string, [error: unknown, stopReason: string | null, ended: string]> = {
  'reset-before-headers': [Anthropic.APIConnectionError, null, 'error'],
  'reset-mid-stream': [TypeError, null, 'error'],
  'cut-before-message-delta': [null, null, 'error'],
  'cut-before-message-stop': [null, 'end_turn', 'error'],
  'error-event-overloaded': [APIError, null, 'error'],
  'error-event-api': [APIError, null, 'error'],
  'refusal-mid-stream': [null, 'refusal', 'complete'],
  'refusal-before-output': [null, 'refusal', 'complete'],
  'malformed-json': [SyntaxError, null, 'complete'],
  'nameless-events': [null, null, 'complete'],
  'truncated-max-tokens': [null, 'max_tokens', 'complete'],
  'pause-turn': [null, 'pause_turn', 'complete'],
  'context-exceeded': [null, 'model_context_window_exceeded', 'complete'],
  'broken-schema': [null, 'end_turn', 'complete'],
  'not-json': [null, 'end_turn', 'complete'],
  'empty-reply': [null, 'end_turn', 'complete'],
};
const SILENT = ['hang', 'stall-silent', 'stall-with-pings'];

describe('a fault that spoils the answer', () => {
  it.each(Object.entries(BROKEN))('%s ends as it should', async (name, [error, reason, ended]) => {
    const seen = await stream(simulator, { fault: name });
    if (error === null) expect(seen.error).toBeNull();
    else expect(seen.error).toBeInstanceOf(error);
    expect(seen.stopReason).toBe(reason);
    const isWhole = seen.types.at(-1) === 'message_stop' && seen.text === whole.text;
    expect(isWhole).toBe(false);
    // A client that breaks off reading what is malformed may be noticed, or not.
    const entry = await lastEntry(simulator);
    expect(entry.fault).toBe(name);
    if (name !== 'malformed-json') expect(entry.ended).toBe(ended);
    expect(entry.billed_nano_usd).toBe(billOf(entry));
  });

  it('is in one of the tables here, like every fault', () => {
    const tables = [...Object.keys(STATUS), ...HARMLESS, ...Object.keys(BROKEN), ...SILENT];
    const names = FAULTS.map(({ name }) => name);
    expect([...tables, 'bad-gateway-502'].sort()).toEqual(names.sort());
  });
});

describe('a stream that breaks', () => {
  it('reset-mid-stream is a bare TypeError after n deltas', async () => {
    const seen = await stream(simulator, { fault: 'reset-mid-stream;at_delta=4' });
    expect(seen.error).toBeInstanceOf(TypeError);
    expect(seen.deltas).toBe(4);
    await expectBroken(seen);
    const { usage } = await lastEntry(simulator);
    expect(usage?.output_tokens).toBeGreaterThanOrEqual(4);
    expect(usage?.output_tokens).toBeLessThan(wholeOutputTokens);
  });

  it('cut-before-message-delta ends without a word after the whole text', async () => {
    const seen = await stream(simulator, { fault: 'cut-before-message-delta' });
    expect(seen).toMatchObject({ error: null, text: whole.text, stopReason: null });
    await expectBroken(seen);
    expect((await lastEntry(simulator)).billed_nano_usd).toBe(wholeBill);
  });

  it('cut-before-message-stop lacks nothing but message_stop', async () => {
    const seen = await stream(simulator, { fault: 'cut-before-message-stop' });
    expect(seen).toMatchObject({ error: null, text: whole.text, stopReason: 'end_turn' });
    await expectBroken(seen);
  });

  it.each([
    ['error-event-overloaded', 'overloaded_error'],
    ['error-event-api', 'api_error'],
  ])('%s is an APIError without a status', async (name, type) => {
    const seen = await stream(simulator, { fault: `${name};at_delta=2` });
    expect(seen.error).toBeInstanceOf(APIError);
    const { request_id } = await lastEntry(simulator);
    expect(seen.error).toMatchObject({ status: undefined, type, requestID: request_id });
    expect(seen.deltas).toBe(2);
    await expectBroken(seen);
  });

  it.each([0, 1_000_000])('at_delta=%d is before the first or after the last', async (at) => {
    const seen = await stream(simulator, { fault: `error-event-api;at_delta=${String(at)}` });
    expect(seen.error).toBeInstanceOf(APIError);
    expect(seen.text).toBe(at === 0 ? '' : whole.text);
    expect(seen.stopReason).toBeNull();
    await expectBroken(seen);
  });
});

describe('a stream that stalls', () => {
  it('stall-silent sends nothing more, and the client that leaves pays for what it got', async () => {
    const leave = new AbortController();
    let deltas = 0;
    const streaming = stream(simulator, {
      fault: 'stall-silent;at_delta=3',
      signal: leave.signal,
      onDelta: (seen) => (deltas = seen),
    });
    await waitFor(() => (deltas === 3 ? true : undefined));
    await setTimeout(100);
    leave.abort();
    const seen = await streaming;
    expect(seen).toMatchObject({ error: null, deltas: 3, stopReason: null });
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({ fault: 'stall-silent', ended: 'client_gone', status: 200 });
    expect(entry.read).toEqual(entry.delivered);
    expect(entry.read.text_chars).toBe(seen.text.length);
    expect(entry.billed_nano_usd).toBe(billOf(entry));
    expect(entry.usage?.output_tokens).toBeLessThan(wholeOutputTokens);
  });

  it('stall-with-pings keeps the connection warm, and goes on after its time', async () => {
    const response = await ask(
      simulator,
      { stream: true },
      { 'x-sim-fault': 'stall-with-pings;at_delta=1;ms=50;ping_ms=10' },
    );
    const names = [...(await response.text()).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    const first = names.indexOf('content_block_delta');
    expect(names.slice(first + 1, first + 6)).toEqual([
      ...Array<string>(4).fill('ping'),
      'content_block_delta',
    ]);
    expect(await lastEntry(simulator)).toMatchObject({ ended: 'complete' });
  });
});
