import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FRONTS, MODERN, type FrontKind, type OpenFront } from '../../support/fronts.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { send } from '../../support/raw-http.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';

let fakeAnthropic: FakeAnthropic;
beforeAll(async () => {
  fakeAnthropic = await startFakeAnthropic();
});
beforeEach(() => {
  fakeAnthropic.script = null;
});
afterAll(() => fakeAnthropic.close());

const QUESTION = { question: 'How long?' };

describe('progress', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer({ modelUrl: fakeAnthropic.url });
  });
  afterAll(() => server.close());

  interface Message {
    method?: string;
    id?: number;
    params?: { progressToken: string; progress: number; message: string; _meta?: object };
  }

  /** The JSON-RPC messages of one modern call, whether they came as JSON or as a stream. */
  async function messages(meta: object): Promise<Message[]> {
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'answer_question',
        arguments: QUESTION,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': MODERN,
          'io.modelcontextprotocol/clientCapabilities': {},
          ...meta,
        },
      },
    };
    const { text, headers } = await send(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': MODERN,
        'mcp-method': 'tools/call',
        'mcp-name': 'answer_question',
      },
      body: JSON.stringify(body),
    });
    if (headers['content-type']?.startsWith('application/json'))
      return [JSON.parse(text) as Message];
    return [...text.matchAll(/^data: (.+)$/gm)].map(
      ([, json]) => JSON.parse(String(json)) as Message,
    );
  }

  it('rises strictly and carries the events of the call', async () => {
    fakeAnthropic.script = {
      pieces: ['{"answer":"Within ', '30 ', 'days.","found":true,"sources":[]}'],
    };
    const heard = await messages({ progressToken: 'p-1' });
    const last = heard.pop();
    expect(last).toMatchObject({ id: 1, result: { structuredContent: { found: true } } });
    expect(heard.map(({ method }) => method)).toEqual(heard.map(() => 'notifications/progress'));
    expect(heard.map(({ params }) => params?.progress)).toEqual([1, 2, 3, 4]);
    expect(heard.every(({ params }) => params?.progressToken === 'p-1')).toBe(true);
    expect(heard.map(({ params }) => params?._meta)).toMatchObject([
      { 'tollgate/event': { event: 'call', data: { tool: 'answer_question' } } },
      { 'tollgate/event': { event: 'delta', data: { text: 'Within ' } } },
      { 'tollgate/event': { event: 'delta', data: { text: '30 ' } } },
      { 'tollgate/event': { event: 'delta', data: { text: 'days.' } } },
    ]);
  });

  it('is not sent to who did not ask for it', async () => {
    expect(await messages({})).toMatchObject([{ id: 1, result: { structuredContent: {} } }]);
  });

  it('takes a token that is zero', async () => {
    expect((await messages({ progressToken: 0 })).length).toBeGreaterThan(1);
  });
});

const isMcp = ({ name }: FrontKind): boolean => name.startsWith('MCP');

describe.each(FRONTS.filter(isMcp))('a cancelled call over $name', ({ open }) => {
  let front: OpenFront;
  beforeAll(async () => {
    front = await open({ modelUrl: fakeAnthropic.url });
  });
  afterAll(() => front.close());

  it('stops the model and leaves one row', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":"Within ', '30 '], then: 'wait' };
    const controller = new AbortController();
    const onEvent = (event: string): void => {
      if (event === 'delta') controller.abort();
    };
    await expect(
      front.call('answer_question', QUESTION, { signal: controller.signal, onEvent }),
    ).rejects.toThrow();
    await fakeAnthropic.left();

    // The next call queues behind nothing, and proves that the server lives on.
    fakeAnthropic.script = null;
    expect((await front.call('answer_question', QUESTION)).ok).toBe(true);
    const rows = await front.rows();
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      finish: 'cancelled',
      error_code: 'cancelled',
      attempts: [{ outcome: 'cancelled' }],
      usage: { input: 100, source: 'estimated' },
    });
  });
});
