import { request } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LOCAL } from '../../../src/core/call/principal.ts';
import type { Config } from '../../../src/config/read.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';
import { eventually } from '../../support/eventually.ts';
import { WAIT_LIMIT_MS } from '../../support/limits.ts';

let server: TestServer;
let fakeAnthropic: FakeAnthropic | undefined;
/** Passes only when it is told to. */
let clock = Date.UTC(2026, 10, 23);
afterEach(async () => {
  await server.close();
  await fakeAnthropic?.close();
  fakeAnthropic = undefined;
});

const open = async (settings: Partial<Config> = {}): Promise<void> => {
  fakeAnthropic = await startFakeAnthropic();
  server = await openTestServer({ modelUrl: fakeAnthropic.url, settings, now: () => clock });
};

/** So short that the server looks often. */
const IDLE_MS = 10;
const RUNNING = 1;
const rpc = (method: string, params: object = {}, id = 2): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

const sendRpc = (body: string, session?: string, method = 'POST'): Promise<RawAnswer> =>
  send(`${server.url}/mcp`, {
    method,
    headers: {
      'content-type': method === 'POST' ? 'application/json' : undefined,
      accept: 'application/json, text/event-stream',
      'mcp-session-id': session,
    },
    body,
  });

const tryToBegin = (): Promise<RawAnswer> =>
  sendRpc(
    rpc('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a test', version: '1.0.0' },
    }),
  );

async function begin(): Promise<string> {
  const { headers } = await tryToBegin();
  return String(headers['mcp-session-id']);
}

const use = async (session: string): Promise<number> =>
  (await sendRpc(rpc('tools/list'), session)).status;

/** A call in a session that goes on until it is cancelled. */
async function keepBusy(session: string) {
  if (!fakeAnthropic) throw new Error('open first');
  fakeAnthropic.script = { pieces: ['{"answer":"We'], then: 'wait' };
  const connection = request(`${server.url}/mcp`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': session,
    },
  });
  connection.on('error', () => undefined);
  const args = { name: 'answer_question', arguments: { question: 'How long?' } };
  connection.end(rpc('tools/call', args, RUNNING));
  await eventually(() => {
    expect(fakeAnthropic?.asked).toHaveLength(1);
  });
  const params = { requestId: RUNNING };
  const cancel = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  return {
    connection,
    stop: async () => {
      await sendRpc(cancel, session);
      await fakeAnthropic?.left();
    },
  };
}

/** Longer than it may be idle passes between any two looks. */
const untilEnded = (session: string): Promise<void> =>
  eventually(async () => {
    const status = await use(session);
    clock += 2 * IDLE_MS;
    expect(status).toBe(404);
  });

const problemOf = (answer: RawAnswer): unknown =>
  (answer.json() as { error: { data: unknown } }).error.data;

describe('a legacy session', () => {
  it('is needed: without its id there is a problem, with an unknown one another', async () => {
    await open();
    const missing = await sendRpc(rpc('tools/list'));
    expect(missing.status).toBe(400);
    expect(problemOf(missing)).toMatchObject({ code: 'invalid_request' });
    const unknown = await sendRpc(rpc('tools/list'), 'b7e2b0a8-0000-4000-8000-000000000000');
    expect(unknown.status).toBe(404);
    expect(problemOf(unknown)).toMatchObject({
      code: 'unknown_session',
      next_actions: [{ action: 'initialize' }],
    });
  });

  it('ends with DELETE', async () => {
    await open();
    const session = await begin();
    expect(await use(session)).toBe(200);
    expect((await sendRpc('', session, 'DELETE')).status).toBe(200);
    expect(await use(session)).toBe(404);
  });

  it('ends when nobody uses it', async () => {
    await open({ mcp_session_idle_ms: IDLE_MS });
    const session = await begin();
    expect(await use(session)).toBe(200);
    await untilEnded(session);
  });

  it('is not idle while a call is running in it', async () => {
    await open({ mcp_session_idle_ms: IDLE_MS });
    const busy = await begin();
    const { stop } = await keepBusy(busy);
    const idle = await begin();
    await untilEnded(idle);
    expect(await use(busy)).toBe(200);
    await stop();
  });

  it('makes room for a new one when it is the longest idle', async () => {
    await open({ mcp_session_cap: 2 });
    const first = await begin();
    const second = await begin();
    clock += 5;
    expect(await use(first)).toBe(200);
    const third = await begin();
    expect(await use(second)).toBe(404);
    expect(await use(first)).toBe(200);
    expect(await use(third)).toBe(200);
  });

  it('does not make room while it is at work: the new one must wait', async () => {
    await open({ mcp_session_cap: 1 });
    const { stop } = await keepBusy(await begin());
    const refused = await tryToBegin();
    expect(refused.status).toBe(503);
    expect(problemOf(refused)).toMatchObject({
      code: 'too_many_sessions',
      retryable: true,
      retry_after_ms: 5_000,
    });
    await stop();
  });

  it('ends with the server, and so does the stream it keeps open', async () => {
    await open();
    const session = await begin();
    const listening = request(`${server.url}/mcp`, {
      agent: false,
      headers: { accept: 'text/event-stream', 'mcp-session-id': session },
    });
    listening.on('error', () => undefined);
    listening.end();
    const [stream] = (await once(listening, 'response')) as [NodeJS.ReadableStream];
    const closed = once(stream.resume(), 'close');
    await server.server.close();
    await closed;
  });

  it('outlives a connection: the call goes on without it, until it is cancelled', async () => {
    await open();
    const session = await begin();
    const { connection, stop } = await keepBusy(session);
    connection.destroy();
    await once(connection, 'close');
    expect(await use(session)).toBe(200);
    await stop();
    await server.app.idle(WAIT_LIMIT_MS);
    const { calls } = await server.app.ledger(LOCAL).calls({ limit: 5 });
    expect(calls).toMatchObject([{ front: 'mcp_http', finish: 'cancelled' }]);
  });
});

describe('the old stream', () => {
  it('is only for those who have a session', async () => {
    await open();
    const answer = await sendRpc('', undefined, 'GET');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });
});
