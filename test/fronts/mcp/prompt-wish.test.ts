import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
let session: string;
beforeAll(async () => {
  core = fakeCore();
  core.known.set('anna', principal('anna'));
  front = await openFakeMcp(core);
  session = await beginSession(front.url, 'anna');
});
beforeEach(() => {
  core.asked.length = 0;
});
afterAll(() => front.server.close());

/** An unknown key of its own makes a request that means the same and goes the long way. */
const LONG_WAY = { 'example/anything': 1 };

const WAYS: [string, (sent: Sent) => Promise<RawAnswer>][] = [
  ['the short way', (sent) => sendModern(front.url, { key: 'anna', ...sent })],
  [
    'the long way',
    (sent) => sendModern(front.url, { key: 'anna', ...sent, meta: { ...sent.meta, ...LONG_WAY } }),
  ],
  [
    'a session',
    (sent) => {
      const headers = { 'mcp-session-id': session, ...sent.headers };
      return sendLegacy(front.url, { key: 'anna', ...sent, headers });
    },
  ],
];

describe.each(WAYS)('the wish for a version of a prompt, by %s,', (way, send) => {
  it('is that of _meta, else that of the header, else none', async () => {
    const headers = { 'x-tollgate-prompt': ' faq@v2 ' };
    await send({ headers, meta: { 'tollgate/prompt': 'faq@v3' } });
    await send({ headers });
    await send({ headers, meta: { 'tollgate/prompt': null } });
    await send({});
    expect(core.asked.map((call) => call.promptWish)).toEqual(['faq@v3', 'faq@v2', 'faq@v2', null]);
  });

  it.each<[string, Sent]>([
    ['no text', { meta: { 'tollgate/prompt': 3 } }],
    ['a version alone', { meta: { 'tollgate/prompt': 'v3' } }],
    ['a prompt alone, in the header', { headers: { 'x-tollgate-prompt': 'faq' } }],
  ])('is refused as a result where it is %s', async (_what, sent) => {
    const { result } = messageIn(await send(sent));
    expect(result).toMatchObject({
      isError: true,
      _meta: { 'tollgate/problem': { code: 'invalid_request', call_id: null } },
    });
    expect(core.asked).toEqual([]);
  });

  it('makes no call less ordinary', async () => {
    const { headers } = await send({ meta: { 'tollgate/prompt': 'faq@v3' } });
    // The SDK's adapter streams every answer; the short way knows its length.
    expect(headers['content-length'] !== undefined).toBe(way === 'the short way');
  });
});
