import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/app.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import { buildHttpServer, type HttpServer } from '../../../src/app/http-server.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { silentLog, testApp, testConfig } from '../../support/test-app.ts';

const REVISION = '2026-07-28';
const RESERVED = 'io.modelcontextprotocol/';

let app: App;
let server: HttpServer;
let url: string;

beforeAll(async () => {
  app = testApp({ provider: fakeProvider(ANSWER) });
  server = await buildHttpServer(app, testConfig(), { log: silentLog });
  url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/mcp`;
});
afterAll(async () => {
  await server.close();
  await app.close();
});

interface Sent {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  meta?: Record<string, unknown>;
  headers?: Record<string, string>;
}

const CALL = { name: 'answer_question', arguments: { question: 'How do I return this?' } };

async function send({ id = 1, method = 'tools/call', params = CALL, meta, headers }: Sent = {}) {
  const envelope = {
    [`${RESERVED}protocolVersion`]: REVISION,
    [`${RESERVED}clientCapabilities`]: {},
    ...meta,
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: envelope } }),
  });
  const text = await response.text();
  // The SDK's adapter streams every answer; the short way knows its length.
  const short = response.headers.has('content-length');
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, short };
}

/** What differs from call to call. */
const settled = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body)
      .replaceAll(/call_[0-9A-Z]{26}/g, 'call')
      .replaceAll(/"(latency_ms|ttft_ms|used|remaining)":[\d.]+/g, '"$1":0')
      .replaceAll(/"started_at":"[^"]+"/g, '"started_at":""'),
  );

/** An unknown key of its own makes a request that means the same and goes the long way. */
const LONG_WAY = { 'example/anything': 1 };

describe('the short way of an ordinary call', () => {
  it.each([
    ['an answer', CALL],
    ['a wrong input', { name: 'answer_question', arguments: { question: 7 } }],
    ['no arguments', { name: 'answer_question' }],
  ])('gives the answer of the long way: %s', async (_kind, params) => {
    const short = await send({ params });
    const long = await send({ params, meta: LONG_WAY });
    expect([short.short, long.short]).toEqual([true, false]);
    expect(short.status).toBe(200);
    expect(long.status).toBe(short.status);
    expect(settled(short.body)).toEqual(settled(long.body));
  });

  it('keeps the id as it came', async () => {
    expect((await send({ id: 'ü"1' })).body['id']).toBe('ü"1');
    expect((await send({ id: 0 })).body['id']).toBe(0);
  });

  it('attributes costs to the labels in _meta, and leaves one row', async () => {
    const { body } = await send({ meta: { 'tollgate/labels': { feature: 'short-way' } } });
    const { id } = (body['result'] as { _meta: Record<string, { id: string }> })._meta[
      'tollgate/call'
    ] ?? { id: '' };
    expect((await app.ledger(LOCAL).call(id)).labels.feature).toBe('short-way');
  });

  it.each<[string, Sent, number]>([
    ['a header that names another tool', { headers: { 'mcp-name': 'get_budget' } }, -32020],
    ['a header that names another method', { headers: { 'mcp-method': 'tools/list' } }, -32020],
    ['no capabilities', { meta: { [`${RESERVED}clientCapabilities`]: undefined } }, -32602],
    ['a revision nobody knows', { meta: { [`${RESERVED}protocolVersion`]: '2030-01-01' } }, -32020],
    ['a tool that is not there', { params: { name: 'nope', arguments: {} } }, -32602],
  ])('is not taken by %s, which the protocol refuses', async (_kind, sent, code) => {
    const { body, short } = await send(sent);
    expect(short).toBe(false);
    expect((body['error'] as { code: number }).code).toBe(code);
  });

  it('is not taken by a name that has to be decoded, which works all the same', async () => {
    const encoded = `=?base64?${Buffer.from('answer_question').toString('base64')}?=`;
    const { body } = await send({ headers: { 'mcp-name': encoded } });
    expect(body['result']).toMatchObject({ structuredContent: { answer: 'Within 30 days.' } });
  });
});

describe('the short way of tools/list', () => {
  const LIST = { method: 'tools/list', params: {} };

  it('gives every asker the same list with its own id', async () => {
    const [first, second] = [await send({ ...LIST, id: 1 }), await send({ ...LIST, id: 'two' })];
    expect(second.body['id']).toBe('two');
    expect(second.body['result']).toEqual(first.body['result']);
    expect(first.body['result']).toMatchObject({ resultType: 'complete', cacheScope: 'public' });
  });

  it('does not keep a refusal, nor take one request for another', async () => {
    const wrong = { ...LIST, headers: { 'mcp-method': 'tools/call' } };
    expect((await send(wrong)).status).toBe(400);
    expect((await send(LIST)).status).toBe(200);
    expect((await send(wrong)).status).toBe(400);
  });
});
