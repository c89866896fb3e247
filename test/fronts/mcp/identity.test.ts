import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';
import {
  beginSession,
  messageIn,
  openFakeMcp,
  sendLegacy,
  sendModern,
  type FakeMcp,
  type Sent,
} from '../../support/fake-mcp.ts';
import type { RawAnswer } from '../../support/raw-http.ts';

let core: FakeCore;
let front: FakeMcp;
beforeEach(async () => {
  core = fakeCore();
  core.known
    .set(null, 'missing_key')
    .set('anna', principal('anna'))
    .set('bert', principal('bert', { tools: ['get_budget', 'answer_question'] }))
    .set('cleo', principal('cleo', { tools: ['get_usage'] }));
  front = await openFakeMcp(core);
});
afterEach(() => front.server.close());

type Send = (sent: Sent & { key: string }) => Promise<RawAnswer>;

/** An unknown key of its own makes a request that means the same and goes the long way. */
const LONG_WAY = { 'example/anything': 1 };

const WAYS: [string, Send][] = [
  ['the short way', (sent) => sendModern(front.url, sent)],
  [
    'the long way',
    (sent) => sendModern(front.url, { ...sent, meta: { ...sent.meta, ...LONG_WAY } }),
  ],
  [
    'a session',
    async (sent) => {
      const session = await beginSession(front.url, sent.key);
      const headers = { 'mcp-session-id': session, ...sent.headers };
      return sendLegacy(front.url, { ...sent, headers });
    },
  ],
];

describe.each(WAYS)('a call by %s', (_way, send) => {
  it('is made by whoever sent the key, each by its own', async () => {
    await Promise.all(['anna', 'bert', 'anna'].map((key) => send({ key })));
    expect(core.asked.map((call) => call.principal.id).sort()).toEqual(['anna', 'anna', 'bert']);
  });

  it('of a tool that the key may not call says so, as a result', async () => {
    const { result } = messageIn(await send({ key: 'cleo' }));
    const problem = { code: 'forbidden_tool', call_id: 'call_1', retryable: false };
    expect(result).toMatchObject({
      isError: true,
      _meta: { 'tollgate/problem': problem, 'tollgate/call': { principal: 'cleo' } },
    });
    expect(result).not.toHaveProperty('structuredContent');
  });

  it('carries the idempotency key of _meta', async () => {
    await send({ key: 'anna', meta: { 'tollgate/idempotency_key': 'order-7' } });
    expect(core.asked).toMatchObject([{ idempotencyKey: 'order-7' }]);
  });

  it('carries the idempotency key of the header, but rather that of _meta', async () => {
    const headers = { 'idempotency-key': '"in-the-header"' };
    await send({ key: 'anna', headers: { 'idempotency-key': '"in-the-header"' } });
    await send({ key: 'anna', headers, meta: { 'tollgate/idempotency_key': 'in-meta' } });
    await send({ key: 'anna' });
    expect(core.asked.map((call) => call.idempotencyKey)).toEqual([
      'in-the-header',
      'in-meta',
      null,
    ]);
  });

  it.each<[string, Partial<Sent>]>([
    ['in _meta', { meta: { 'tollgate/idempotency_key': 7 } }],
    ['in the header', { headers: { 'idempotency-key': '"a b"' } }],
  ])(
    'is not made with a wrong idempotency key %s: the result says what is wrong',
    async (_, sent) => {
      const { result } = messageIn(await send({ key: 'anna', ...sent }));
      expect(core.asked).toEqual([]);
      expect(result).toMatchObject({ isError: true });
      const { content, _meta } = result as { content: { text: string }[]; _meta: object };
      expect(JSON.parse(content[0]?.text ?? '')).toMatchObject({ code: 'invalid_request' });
      expect(_meta).toMatchObject({
        'tollgate/problem': { code: 'invalid_request', call_id: null },
      });
      expect(_meta).not.toHaveProperty('tollgate/call');
    },
  );

  it('carries user, team and feature as they are claimed in _meta', async () => {
    const labels = { user: 'u1', team: 't1', feature: 'f1' };
    await send({ key: 'anna', meta: { 'tollgate/labels': labels } });
    expect(core.asked).toMatchObject([{ labels }]);
  });

  it('carries labels in one spelling, from _meta and from headers', async () => {
    const headers = { 'x-tollgate-team': "utf-8''zoe%CC%88" };
    await send({ key: 'anna', headers, meta: { 'tollgate/labels': { user: 'Zoe\u0308' } } });
    expect(core.asked).toMatchObject([{ labels: { user: 'Zoë', team: 'zoë' } }]);
  });

  it.each([{ user: 'a\nb' }, { team: 'a\u0000' }, { feature: 7 }, 'u1'])(
    'is not made with labels that nobody can have: %j',
    async (labels) => {
      const { result } = messageIn(
        await send({ key: 'anna', meta: { 'tollgate/labels': labels } }),
      );
      expect(core.asked).toEqual([]);
      expect(result).toMatchObject({
        isError: true,
        _meta: { 'tollgate/problem': { code: 'invalid_request' } },
      });
    },
  );
});

const namesIn = (answer: RawAnswer): string[] =>
  (messageIn(answer).result?.['tools'] as { name: string }[]).map(({ name }) => name);

describe('a call with an idempotency key', () => {
  it('is as ordinary as one without', async () => {
    const meta = { 'tollgate/idempotency_key': 'order-7' };
    const short = await sendModern(front.url, { key: 'anna', meta });
    const long = await sendModern(front.url, { key: 'anna', meta: { ...meta, ...LONG_WAY } });
    // The SDK's adapter streams every answer; the short way knows its length.
    expect(short.headers['content-length']).toBeDefined();
    expect(long.headers['content-length']).toBeUndefined();
    expect(short.json()).toEqual(long.json());
  });
});

describe('the list of tools', () => {
  const list = (key: string): Promise<RawAnswer> =>
    sendModern(front.url, { key, method: 'tools/list', params: {} });
  const all = (): string[] => core.tools.map(({ name }) => name);

  it('shows each key the tools it may call, in the order of the house, however often it is asked', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(namesIn(await list('bert'))).toEqual(['answer_question', 'get_budget']);
      expect(namesIn(await list('anna'))).toEqual(all());
      expect(namesIn(await list('cleo'))).toEqual(['get_usage']);
    }
  });

  it('may be kept for others only where the key may call everything', async () => {
    for (const [key, cacheScope] of [
      ['anna', 'public'],
      ['bert', 'private'],
    ] as const) {
      const { result } = messageIn(await list(key));
      expect(result).toMatchObject({ cacheScope, ttlMs: 300_000 });
    }
  });

  it('is new as soon as the key may call something else', async () => {
    await list('cleo');
    core.known.set('cleo', principal('cleo', { tools: ['get_call'] }));
    expect(namesIn(await list('cleo'))).toEqual(['get_call']);
  });

  it('is as short in a session', async () => {
    const headers = { 'mcp-session-id': await beginSession(front.url, 'cleo') };
    const asked = { key: 'cleo', method: 'tools/list', params: {}, headers };
    expect(namesIn(await sendLegacy(front.url, asked))).toEqual(['get_usage']);
  });
});

describe('a session', () => {
  it('is nobody else’s, and looks to others as if it were not there', async () => {
    const headers = { 'mcp-session-id': await beginSession(front.url, 'anna') };
    const others = await sendLegacy(front.url, { key: 'bert', headers });
    const nowhere = await sendLegacy(front.url, {
      key: 'bert',
      headers: { 'mcp-session-id': 'nowhere' },
    });
    expect(others.status).toBe(404);
    expect(messageIn(others).error?.data).toMatchObject({ code: 'unknown_session' });
    expect(others.text).toBe(nowhere.text);
    expect(core.asked).toEqual([]);
    expect((await sendLegacy(front.url, { key: 'anna', headers })).status).toBe(200);
  });

  it('goes on with the next secret of the same key, and with what that may', async () => {
    const headers = { 'mcp-session-id': await beginSession(front.url, 'anna') };
    core.known.set('anna2', principal('anna', { tools: ['get_usage'] }));
    const answer = await sendLegacy(front.url, { key: 'anna2', headers });
    expect(messageIn(answer).result).toMatchObject({ isError: true });
  });

  it('is of no use once the key is revoked', async () => {
    const headers = { 'mcp-session-id': await beginSession(front.url, 'anna') };
    core.known.set('anna', 'revoked_key');
    const answer = await sendLegacy(front.url, { key: 'anna', headers });
    expect(answer.status).toBe(401);
    expect(messageIn(answer).error?.data).toMatchObject({ code: 'revoked_key' });
    expect(core.asked).toEqual([]);
  });
});

describe('who is not known', () => {
  it.each<[string, (url: string, sent: Sent) => Promise<RawAnswer>]>([
    ['now', sendModern],
    ['before', sendLegacy],
  ])(
    'gets a JSON-RPC error with the problem as its data, in the revisions of %s',
    async (_, send) => {
      const answer = await send(front.url, {});
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toContain('application/json');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(messageIn(answer).error).toMatchObject({
        code: -32600,
        data: { code: 'missing_key', retry_strategy: 'new_key', call_id: null },
      });
    },
  );

  it('is told nothing of an error of ours, which is logged', async () => {
    core.known.set('anna', new Error('disk /dev/sda1 is full'));
    const answer = await sendModern(front.url, { key: 'anna' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('sda1');
    expect(front.errors).toMatchObject([{ code: 'internal_error' }]);
  });
});
