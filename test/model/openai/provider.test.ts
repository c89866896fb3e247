import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildOpenAiProvider, type OpenAiSettings } from '../../../src/model/openai/provider.ts';
import type { ModelEvent } from '../../../src/model/provider.ts';
import {
  chunk,
  DONE,
  say,
  startFakeOpenAi,
  stream,
  type FakeOpenAi,
} from '../../support/fake-openai.ts';
import { freePort } from '../../support/free-port.ts';
import { hearOut, REQUEST, watch } from './support.ts';
import { eventually } from '../../support/eventually.ts';
import { WAIT_LIMIT_MS } from '../../support/limits.ts';

let server: FakeOpenAi;
let open: (settings?: Partial<OpenAiSettings>) => ReturnType<typeof buildOpenAiProvider>;
let closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  server = await startFakeOpenAi();
  open = (settings) => {
    const parts = { name: 'local', apiKey: null, baseUrl: server.url, ...settings };
    const opened = buildOpenAiProvider(parts);
    closing.push(opened.close);
    return opened;
  };
});
afterEach(async () => {
  // The server first: it ends what a test left open, which a provider would wait for.
  await server.close();
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

const { model, system, user, replySchema } = REQUEST;
const asked = () => server.requests[0]?.body;

describe('the request', () => {
  it('asks for a stream with counts, a schema and a number of tokens', async () => {
    await hearOut(open().provider);
    expect(server.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    });
    expect(asked()).toEqual({
      model,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
      max_tokens: 300,
      stream: true,
      stream_options: { include_usage: true },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'reply', schema: replySchema, strict: true },
      },
    });
  });

  it('shows the model its reply and what is wrong with it', async () => {
    const repair = { reply: '{"a":1}', complaint: 'There is no answer.' };
    await hearOut(open().provider, { ...REQUEST, repair });
    expect(asked()?.messages.slice(1)).toEqual([
      { role: 'user', content: user },
      { role: 'assistant', content: repair.reply },
      { role: 'user', content: repair.complaint },
    ]);
  });

  it.each([
    ['json_object', { type: 'json_object' }],
    ['prompt', undefined],
  ] as const)(
    'has the schema in the prompt where the server takes %s',
    async (structured, format) => {
      await hearOut(open({ structured }).provider);
      expect(asked()?.response_format).toEqual(format);
      const { role, content } = asked()?.messages[0] ?? {};
      expect(role).toBe('system');
      expect(content?.startsWith(`${system}\n\n`)).toBe(true);
      expect(content).toContain(JSON.stringify(replySchema));
    },
  );

  it('gets the bare object back where nothing keeps the model from talking', async () => {
    server.script = { writes: stream('```json\n{"answer":"30', ' days"}\n```') };
    const { text, end } = await hearOut(open({ structured: 'prompt' }).provider);
    expect(text).toBe('{"answer":"30 days"}');
    expect(end?.stop).toBe('complete');
  });

  it('carries the key, if there is one', async () => {
    await hearOut(open({ apiKey: 'sk-1' }).provider);
    await hearOut(open().provider);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-1',
      undefined,
    ]);
  });

  it('goes to the same place with a slash at the end of the address', async () => {
    await hearOut(open({ baseUrl: `${server.url}/` }).provider);
    expect(server.requests[0]?.path).toBe('/v1/chat/completions');
  });

  it('does not follow a redirect with the prompt', async () => {
    server.script = { status: 307, headers: { location: `${server.url}/elsewhere` }, writes: [] };
    const { problem } = await hearOut(open().provider);
    expect(problem?.code).toBe('model_rejected');
    expect(server.requests).toHaveLength(1);
  });
});

it('tells its limits with the time of the clock it was given', async () => {
  server.script = {
    headers: {
      'content-type': 'text/event-stream',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149000',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    writes: stream('{}'),
  };
  const { events } = await hearOut(open({ now: () => 1_000 }).provider);
  expect(events[0]).toMatchObject({
    limits: { inputTokens: { limit: 150_000, remaining: 149_000, fullAt: 361_000 } },
  });
});

describe('the moment of sending', () => {
  it('is told once, before anything is heard', async () => {
    const order: string[] = [];
    const events = open().provider.stream(REQUEST, watch({ onSent: () => order.push('sent') }));
    for await (const { type } of events) order.push(type);
    expect(order.slice(0, 3)).toEqual(['sent', 'headers', 'start']);
    expect(order.filter((each) => each === 'sent')).toHaveLength(1);
  });

  it('never comes where nobody listens', async () => {
    const onSent = vi.fn();
    const { provider } = open({ baseUrl: `http://127.0.0.1:${String(await freePort())}/v1` });
    const events = provider.stream(REQUEST, watch({ onSent }));
    await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow('could not be reached');
    expect(onSent).not.toHaveBeenCalled();
  });
});

describe('a connection', () => {
  it.each([
    ['an answer that was whole', { writes: stream('{}') }],
    ['an error', { status: 503, writes: ['{}'] }],
  ])('is used again after %s', async (_name, script) => {
    const { provider } = open();
    server.script = script;
    // Its last bytes are read behind the back of the caller, who may be quicker.
    await eventually(async () => {
      await hearOut(provider);
      expect(server.connections).toBeLessThan(server.requests.length);
    });
  });

  it('is given up where the server does not end the body', async () => {
    server.script = { writes: [...say('{}'), chunk({}, 'stop'), DONE], then: 'wait' };
    const { end } = await hearOut(open().provider);
    expect(end?.stop).toBe('complete');
    await server.left();
  });
});

describe('a request that is dropped', () => {
  /** The types of all events; aborts when an event of the type `at` was heard. */
  async function abortAt(at: ModelEvent['type'] | 'sent'): Promise<string[]> {
    const dropping = new AbortController();
    const types: string[] = [];
    const onSent = (): void => {
      if (at === 'sent') dropping.abort();
    };
    const events = open().provider.stream(REQUEST, watch({ signal: dropping.signal, onSent }));
    for await (const { type } of events) {
      types.push(type);
      if (type === at) dropping.abort();
    }
    return types;
  }

  it.each(['headers', 'start', 'text'] as const)(
    'at the event %s ends silently, and the server notices',
    async (at) => {
      server.script = { writes: say('{"a', '":1'), then: 'wait' };
      const types = await abortAt(at);
      await server.left();
      expect(types.at(-1)).toBe(at);
    },
  );

  it('passes nothing on that had arrived already', async () => {
    server.script = { writes: [stream('{"a', '":1}').join('')] };
    expect(await abortAt('text')).toEqual(['headers', 'start', 'text']);
  });

  it('while it is sent ends silently', async () => {
    expect(await abortAt('sent')).toEqual([]);
  });

  it('before it is made never leaves the machine', async () => {
    const onSent = vi.fn();
    const signal = AbortSignal.abort();
    for await (const event of open().provider.stream(REQUEST, watch({ signal, onSent }))) {
      expect.unreachable(event.type);
    }
    expect(onSent).not.toHaveBeenCalled();
    expect(server.requests).toEqual([]);
  });

  it('while an error is read ends silently', async () => {
    server.script = { status: 500, writes: ['{"error":'], then: 'wait' };
    expect(await abortAt('headers')).toEqual(['headers']);
    await server.left();
  });

  it.each(['headers', 'text'] as const)('by leaving at %s is dropped as well', async (at) => {
    server.script = { writes: say('{"a', '":1'), then: 'wait' };
    for await (const { type } of open().provider.stream(REQUEST, watch())) if (type === at) break;
    await server.left();
  });
});

describe('a slow reader', () => {
  it('slows the server down, and loses nothing', async () => {
    const PIECES = 600;
    const piece = 'x'.repeat(64 * 1024);
    server.script = { writes: flood(PIECES, piece) };
    // What may come is bounded by what was asked for.
    const asked = { ...REQUEST, maxOutputTokens: 100_000 };
    const events = open().provider.stream(asked, watch())[Symbol.asyncIterator]();
    for (const type of ['headers', 'start', 'text']) {
      expect((await events.next()).value).toMatchObject({ type });
    }
    expect(await still(() => server.taken)).toBeLessThan(PIECES / 2);
    let chars = piece.length;
    for (let next = await events.next(); !next.done; next = await events.next()) {
      if (next.value.type === 'text') chars += next.value.text.length;
    }
    expect(chars).toBe(PIECES * piece.length);
  });

  function* flood(pieces: number, piece: string): Generator<string> {
    for (let sent = 0; sent < pieces; sent += 1) yield chunk({ content: piece });
    yield chunk({}, 'stop') + DONE;
  }

  /** Settles when a count has stood still for a while. */
  async function still(count: () => number): Promise<number> {
    let last = -1;
    await vi.waitFor(
      () => {
        const now = count();
        const stands = now === last && now > 0;
        last = now;
        if (!stands) throw new Error('it still moves');
      },
      { interval: 150, timeout: WAIT_LIMIT_MS },
    );
    return last;
  }
});

it('closes without ever having been asked, and after warming up', async () => {
  const settings = { name: 'local', apiKey: null, baseUrl: server.url };
  await buildOpenAiProvider(settings).close();
  const { provider, warm, close } = buildOpenAiProvider(settings);
  await warm();
  await close();
  expect((await hearOut(provider)).problem?.code).toBe('model_unavailable');
  expect(server.connections).toBe(0);
});
