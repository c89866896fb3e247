import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProblemError } from '../../../src/errors/problem.ts';
import { buildAnthropicProvider } from '../../../src/model/anthropic/provider.ts';
import type { ModelEvent, ModelRequest, OpenProvider } from '../../../src/model/provider.ts';
import { freePort } from '../../support/free-port.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';

const MODEL = 'claude-sonnet-5-5';
const REQUEST: ModelRequest = {
  model: MODEL,
  system: 'You answer questions.',
  user: 'How long?',
  maxOutputTokens: 321,
  replySchema: {
    type: 'object',
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  },
  cacheSystem: null,
  repair: null,
};
const RESET = '2026-11-23T12:00:30Z';
const LIMIT_HEADERS = {
  'anthropic-ratelimit-requests-limit': '50',
  'anthropic-ratelimit-requests-remaining': '0',
  'anthropic-ratelimit-requests-reset': RESET,
};

let fakeAnthropic: FakeAnthropic;
let opened: OpenProvider;
beforeEach(async () => {
  fakeAnthropic = await startFakeAnthropic();
  opened = open(fakeAnthropic.url);
});
afterEach(async () => {
  await opened.close();
  await fakeAnthropic.close();
});

const open = (url: string): OpenProvider =>
  buildAnthropicProvider({ apiKey: 'key-of-a-test', baseUrl: () => Promise.resolve(url) });

interface Heard {
  events: (ModelEvent | 'sent')[];
  failure: ProblemError | null;
}

/** Hear a model out: its events, with the moment at which the request was sent among them. */
async function hear(over: Partial<ModelRequest> = {}, signal = new AbortController().signal) {
  const received: Heard = { events: [], failure: null };
  const onSent = (): void => void received.events.push('sent');
  try {
    const stream = opened.provider.stream({ ...REQUEST, ...over }, { signal, onSent });
    for await (const event of stream) received.events.push(event);
  } catch (error) {
    received.failure = error as ProblemError;
  }
  return received;
}

const typesOf = ({ events }: Heard): string[] =>
  events.map((event) => (event === 'sent' ? event : event.type));
const endOf = ({ events }: Heard) =>
  events.find((event) => event !== 'sent' && event.type === 'end');
const startOf = ({ events }: Heard) =>
  events.find((event) => event !== 'sent' && event.type === 'start');

describe('a request', () => {
  it('asks for a stream in the shape of the schema', async () => {
    await hear();
    expect(fakeAnthropic.bodies).toEqual([
      {
        model: MODEL,
        max_tokens: 321,
        stream: true,
        system: REQUEST.system,
        messages: [{ role: 'user', content: 'How long?' }],
        output_config: { format: { type: 'json_schema', schema: REQUEST.replySchema } },
      },
    ]);
  });

  it.each(['5m', '1h'] as const)('has the system part kept for %s when told so', async (ttl) => {
    await hear({ cacheSystem: ttl });
    expect(fakeAnthropic.bodies[0]?.['system']).toEqual([
      { type: 'text', text: REQUEST.system, cache_control: { type: 'ephemeral', ttl } },
    ]);
  });

  it.each([
    ['{"answer":7}', '{"answer":7}'],
    // The API takes no empty turn.
    [' \n', '(nothing)'],
  ])('for a mended reply has it and the complaint as turns: %j', async (reply, said) => {
    await hear({ repair: { reply, complaint: '"/answer" must be string' } });
    expect(fakeAnthropic.bodies[0]?.['messages']).toEqual([
      { role: 'user', content: 'How long?' },
      { role: 'assistant', content: said },
      { role: 'user', content: '"/answer" must be string' },
    ]);
  });

  it('is made once, whatever comes of it', async () => {
    fakeAnthropic.script = { status: 529, type: 'overloaded_error' };
    await hear();
    expect(fakeAnthropic.asked).toEqual([MODEL]);
  });
});

describe('what the model says', () => {
  it('comes in the order of the port, after the request was sent', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":', '"30 days"}'], headers: LIMIT_HEADERS };
    const received = await hear();
    expect(received.failure).toBeNull();
    expect(received.events).toEqual([
      'sent',
      {
        type: 'headers',
        requestId: 'req_stand_in',
        limits: {
          requests: { limit: 50, remaining: 0, fullAt: expect.any(Number) as number },
        },
      },
      { type: 'start', counts: expect.objectContaining({ input: 100 }) as object },
      { type: 'text', text: '{"answer":' },
      { type: 'text', text: '"30 days"}' },
      {
        type: 'end',
        stop: 'complete',
        counts: expect.objectContaining({ input: 100, output: 20 }) as object,
        why: null,
      },
    ]);
  });

  it('is sent once on a connection that is used again', async () => {
    await hear();
    expect(typesOf(await hear()).filter((type) => type === 'sent')).toHaveLength(1);
  });

  it('counts writes to the cache by how long they are kept, and no placeholder as output', async () => {
    fakeAnthropic.script = {
      pieces: ['{}'],
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 70,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      },
    };
    expect(startOf(await hear())).toEqual({
      type: 'start',
      counts: { input: 5, cache_read: 70, cache_write_5m: 10, cache_write_1h: 20 },
    });
  });

  it('counts nothing where the provider says nothing', async () => {
    fakeAnthropic.script = {
      pieces: ['{}'],
      usage: {
        input_tokens: null,
        cache_read_input_tokens: null,
        cache_creation_input_tokens: null,
        cache_creation: null,
      },
    };
    expect(startOf(await hear())).toEqual({ type: 'start', counts: {} });
  });

  it('is thinking, text, and nothing that we do not know', async () => {
    fakeAnthropic.script = {
      pieces: ['{}'],
      before: [
        { type: 'ping' },
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'thinking_delta', thinking: 'Hm…' },
        },
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'signature_delta', signature: 'x' },
        },
        { type: 'news_of_tomorrow', text: 'x' },
      ],
    };
    const received = await hear();
    expect(typesOf(received)).toEqual(['sent', 'headers', 'start', 'thinking', 'text', 'end']);
    expect(received.events).toContainEqual({ type: 'thinking', chars: 3 });
  });

  it.each([
    ['end_turn', 'complete'],
    ['stop_sequence', 'complete'],
    ['constructor', 'complete'],
    ['__proto__', 'complete'],
    ['max_tokens', 'truncated'],
    ['refusal', 'refused'],
    ['pause_turn', 'paused'],
    ['model_context_window_exceeded', 'context_exceeded'],
  ] as const)('ends with %s as %s', async (stop, ours) => {
    fakeAnthropic.script = { pieces: ['{}'], stop };
    expect(endOf(await hear())).toMatchObject({ stop: ours, why: null });
  });

  it('has the explanation of a refusal', async () => {
    fakeAnthropic.script = { pieces: [], stop: 'refusal', explanation: 'It is about bees.' };
    expect(endOf(await hear())).toMatchObject({ stop: 'refused', why: 'It is about bees.' });
  });
});

describe('an answer that breaks', () => {
  it('by a cut is a broken stream that was sent', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":'], then: 'cut' };
    const received = await hear();
    expect(typesOf(received)).toEqual(['sent', 'headers', 'start', 'text']);
    expect(received.failure?.code).toBe('model_stream_broken');
  });

  it('by an event that says so is a broken stream, and has one set of headers', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":'], then: 'error' };
    const received = await hear();
    expect(typesOf(received)).toEqual(['sent', 'headers', 'start', 'text']);
    expect(received.failure).toMatchObject({
      code: 'model_stream_broken',
      details: { upstream: { provider: 'anthropic', type: 'overloaded_error' } },
    });
  });
});

describe('a refusal by status', () => {
  it('has its headers too, and what they say of limits', async () => {
    fakeAnthropic.script = {
      status: 429,
      type: 'rate_limit_error',
      headers: { ...LIMIT_HEADERS, 'retry-after': '7' },
    };
    const received = await hear();
    expect(received.events).toEqual([
      'sent',
      {
        type: 'headers',
        requestId: 'req_stand_in',
        limits: { requests: { limit: 50, remaining: 0, fullAt: expect.any(Number) as number } },
      },
    ]);
    expect(received.failure).toMatchObject({
      code: 'model_rate_limited',
      details: { retryAfterMs: 7_000 },
    });
  });

  it('for a prompt that is too long is context_exceeded', async () => {
    fakeAnthropic.script = {
      status: 400,
      type: 'invalid_request_error',
      message: 'prompt is too long: 1000123 tokens > 1000000 maximum',
    };
    expect((await hear()).failure).toMatchObject({ code: 'context_exceeded' });
  });

  it('for another mistake of ours is not', async () => {
    fakeAnthropic.script = {
      status: 400,
      type: 'invalid_request_error',
      message: 'max_tokens: too few',
    };
    expect((await hear()).failure).toMatchObject({ code: 'model_rejected' });
  });
});

describe('a provider that cannot be reached', () => {
  it('was sent nothing when nobody listens', async () => {
    await opened.close();
    opened = open(`http://127.0.0.1:${String(await freePort())}`);
    const received = await hear();
    expect(received.events).toEqual([]);
    expect(received.failure).toMatchObject({
      code: 'model_unavailable',
      details: { upstream: { status: null, request_id: null } },
    });
  });

  it('is asked again once its address can be found out', async () => {
    await opened.close();
    const addresses = [Promise.reject(new Error('not yet')), Promise.resolve(fakeAnthropic.url)];
    opened = buildAnthropicProvider({
      apiKey: 'key-of-a-test',
      baseUrl: () => addresses.shift() ?? Promise.reject(new Error('no more')),
    });
    expect((await hear()).failure).not.toBeNull();
    expect((await hear()).failure).toBeNull();
  });
});

describe('a request that is dropped', () => {
  it('before the first header was sent, ends without an event, and the provider sees us leave', async () => {
    fakeAnthropic.script = 'silence';
    const controller = new AbortController();
    const hearing = hear({}, controller.signal);
    while (fakeAnthropic.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await hearing).toEqual({ events: ['sent'], failure: null });
    await fakeAnthropic.left();
  });

  it('while it is answered ends without its last event', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":'], then: 'wait' };
    const controller = new AbortController();
    const events: string[] = [];
    const watch = { signal: controller.signal, onSent: () => undefined };
    for await (const { type } of opened.provider.stream(REQUEST, watch)) {
      events.push(type);
      if (type === 'text') controller.abort();
    }
    expect(events).toEqual(['headers', 'start', 'text']);
    await fakeAnthropic.left();
  });

  it('by one who reads no more is dropped at the provider, too', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":'], then: 'wait' };
    const watch = { signal: new AbortController().signal, onSent: () => undefined };
    for await (const { type } of opened.provider.stream(REQUEST, watch)) if (type === 'text') break;
    await fakeAnthropic.left();
  });
});
