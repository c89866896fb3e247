import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAnthropicProvider } from '../../../src/model/anthropic/provider.ts';
import type { ModelEvent, OpenProvider } from '../../../src/model/provider.ts';
import {
  event,
  startFakeAnthropic,
  type Script,
  type FakeAnthropic,
} from '../../support/fake-anthropic.ts';
import { hearOut, REQUEST, type HeardOut } from '../openai/support.ts';

const KEY = 'pk.live/9f3c2a77b1e64d08a5';

let fakeAnthropic: FakeAnthropic;
let opened: OpenProvider;
beforeAll(async () => {
  fakeAnthropic = await startFakeAnthropic();
  opened = buildAnthropicProvider({
    apiKey: KEY,
    baseUrl: () => Promise.resolve(fakeAnthropic.url),
  });
});
afterAll(async () => {
  await opened.close();
  await fakeAnthropic.close();
});

function hear(script: Script, over: Partial<typeof REQUEST> = {}): Promise<HeardOut> {
  fakeAnthropic.script = script;
  return hearOut(opened.provider, { ...REQUEST, ...over });
}

const start = (usage: unknown, model: unknown = REQUEST.model) =>
  event({ type: 'message_start', message: { model, usage } });
const delta = (value: unknown) => event({ type: 'content_block_delta', index: 0, delta: value });
const text = (words: string) => delta({ type: 'text_delta', text: words });
const last = (usage: unknown) =>
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
const STOP = event({ type: 'message_stop' });
const SAID = { input_tokens: 100, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };

/** What one answer with these counts at its beginning and its end is told as. */
async function told(first: unknown, final: unknown, over = {}) {
  const { end } = await hear({ writes: [start(first), text('{}'), last(final), STOP] }, over);
  return { counts: end?.counts, doubts: end?.doubts ?? [] };
}

const PROMPT = { input: 100, cache_read: 0, cache_write_5m: 0 };

describe('a count in message_delta', () => {
  it.each([
    [{}, []],
    [{ output_tokens: null }, []],
    [undefined, []],
    [{ output_tokens: -500 }, ['output_unreadable']],
    [{ output_tokens: 20.5 }, ['output_unreadable']],
    [{ output_tokens: 'many' }, ['output_unreadable']],
    [{ output_tokens: '20' }, ['output_unreadable']],
    [{ output_tokens: [20] }, ['output_unreadable']],
    [{ output_tokens: 1e300 }, ['output_unreadable']],
    ['many', ['input_unreadable', 'output_unreadable']],
  ])('that is none is no count: %j', async (usage, doubts) => {
    expect(await told(SAID, usage)).toEqual({ counts: PROMPT, doubts });
  });

  it('of the prompt counts wherever it stands', async () => {
    const zeros = { ...SAID, input_tokens: 0 };
    const final = { output_tokens: 7, cache_creation_input_tokens: 300, input_tokens: 12 };
    expect((await told(zeros, final)).counts).toMatchObject({
      input: 12,
      cache_write_5m: 300,
      output: 7,
    });
  });

  it('is kept for as long as it was asked to, where it does not say for how long', async () => {
    const final = { output_tokens: 7, cache_creation_input_tokens: 300 };
    expect((await told(SAID, final, { cacheSystem: '1h' })).counts).toMatchObject({
      cache_write_5m: 0,
      cache_write_1h: 300,
    });
  });

  it('does not count again what message_start has split', async () => {
    const split = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 };
    const first = { ...SAID, cache_creation_input_tokens: 300, cache_creation: split };
    const counts = { cache_write_5m: 100, cache_write_1h: 200 };
    const final = { output_tokens: 7, cache_creation_input_tokens: 300 };
    expect((await told(first, final)).counts).toMatchObject(counts);
    // A later event that counts at one place only takes nothing back.
    expect((await told(first, { output_tokens: 7, input_tokens: 0 })).counts).toMatchObject({
      ...counts,
      input: 100,
    });
  });
});

describe('a count in message_start', () => {
  it.each([
    [{ ...SAID, input_tokens: 100.3 }],
    [{ ...SAID, input_tokens: -100_000 }],
    [{ ...SAID, input_tokens: '100' }],
    [{ ...SAID, input_tokens: 9_007_199_254_740_992 }],
  ])('that is none is no count: %j', async (first) => {
    const { counts, doubts } = await told(first, { output_tokens: 7 });
    expect(counts).toEqual({ cache_read: 0, cache_write_5m: 0, output: 7 });
    expect(doubts).toEqual(['input_unreadable']);
  });

  it('of the cache that is empty says nothing', async () => {
    const first = { input_tokens: 100, cache_read_input_tokens: 0, cache_creation: {} };
    expect(await told(first, { output_tokens: 7 })).toEqual({
      counts: { input: 100, cache_read: 0, output: 7 },
      doubts: [],
    });
    const wrong = { ...first, cache_creation: { ephemeral_5m_input_tokens: -1 } };
    expect((await told(wrong, { output_tokens: 7 })).doubts).toEqual(['input_unreadable']);
    expect((await told({ ...first, cache_creation: 7 }, {})).doubts).toEqual(['input_unreadable']);
  });

  it('is made up for by a good one in message_delta', async () => {
    const { counts } = await told({ input_tokens: 'x' }, { input_tokens: 100, output_tokens: 7 });
    expect(counts).toEqual({ input: 100, output: 7 });
  });
});

describe('an odd order', () => {
  it('has the same text and the same counts', async () => {
    const orders = [
      [text('{}'), last({ output_tokens: 7 }), start(SAID), STOP],
      [last({ output_tokens: 7 }), start(SAID), text('{}'), STOP],
      [
        start(SAID),
        start(SAID),
        text('{}'),
        last({ output_tokens: 3 }),
        last({ output_tokens: 7 }),
        STOP,
      ],
    ];
    for (const writes of orders) {
      const heard = await hear({ writes });
      expect(heard.problem).toBeNull();
      expect(heard.text).toBe('{}');
      expect(heard.end?.counts).toEqual({ ...PROMPT, output: 7 });
    }
  });

  it('ends with the first end', async () => {
    const heard = await hear({
      writes: [start(SAID), text('{}'), last({}), STOP, text('x'), STOP],
    });
    expect(heard.text).toBe('{}');
    expect(heard.events.filter(({ type }) => type === 'end')).toHaveLength(1);
  });

  it('without message_start has text and counts all the same', async () => {
    const heard = await hear({ writes: [text('{}'), last({ ...SAID, output_tokens: 7 }), STOP] });
    expect(heard).toMatchObject({ text: '{}', end: { counts: { input: 100, output: 7 } } });
  });
});

describe('what keeps a connection alive', () => {
  it.each([
    ['a comment', ': ping\n\n'],
    ['a ping', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['a ping without data', 'event: ping\n\n'],
    ['an empty data', 'data:\n\n'],
    ['words', 'data: keep-alive\n\n'],
    ['words under a name', 'event: keepalive\ndata: still here\n\n'],
    ['an event of no kind', 'data: {}\n\n'],
    ['null', 'data: null\n\n'],
    ['a number', 'event: message\ndata: 42\n\n'],
    ['an event of tomorrow', event({ type: 'content_block_shrink', index: 'x' })],
    ['a delta of tomorrow', delta({ type: 'hologram_delta', hologram: {} })],
    ['a thought that is none', delta({ type: 'thinking_delta', thinking: 7 })],
  ])('says nothing: %s', async (_what, alive) => {
    const pieces = [start(SAID), text('{'), text('}'), last({ output_tokens: 7 }), STOP];
    const heard = await hear({ writes: pieces.flatMap((piece) => [alive, piece]) });
    expect(heard.problem).toBeNull();
    expect(heard).toMatchObject({ text: '{}', end: { stop: 'complete', counts: { output: 7 } } });
  });

  it('may be an event without its name, or one whose name is all it has', async () => {
    const nameless = [start(SAID), text('{}'), last({ output_tokens: 7 })]
      .map((each) => each.replace(/^event:.*\n/, ''))
      .concat('event: message_stop\ndata: {}\n\n');
    expect(await hear({ writes: nameless })).toMatchObject({
      text: '{}',
      end: { stop: 'complete' },
    });
  });
});

describe('an answer that cannot be read', () => {
  it.each<[string, string | Uint8Array]>([
    ['a text delta without text', delta({ type: 'text_delta' })],
    ['a text that is null', delta({ type: 'text_delta', text: null })],
    ['a text that is a number', delta({ type: 'text_delta', text: 42 })],
    ['a delta without a kind', delta({ text: 'x' })],
    ['a delta that is none', delta(null)],
    ['data that is cut', 'event: content_block_delta\ndata: {"type":"content_bl\n\n'],
    ['data that is no JSON', 'event: content_block_delta\ndata: hello\n\n'],
    ['bytes that are no text', Uint8Array.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3, 0x28, 10, 10])],
  ])('is a broken stream, never a bug of ours: %s', async (_what, broken) => {
    const { problem, text: said } = await hear({
      writes: [start(SAID), text('{'), broken, text('}'), last({}), STOP],
    });
    // What comes in one packet with it may be lost with it.
    expect(['', '{']).toContain(said);
    expect(problem).toMatchObject({
      code: 'model_stream_broken',
      message: expect.stringContaining(`The answer of ${REQUEST.model} cannot be read.`) as string,
    });
  });

  it('because of its encoding says which, and which would do', async () => {
    const { problem } = await hear({ writes: ['x'], headers: { 'content-encoding': 'snappy' } });
    expect(problem?.code).toBe('model_stream_broken');
    expect(problem?.message).toMatch(/encoded as snappy; what is read here is gzip, br, deflate/);
  });
});

it('an answer is decoded, and so is a refusal', async () => {
  const answer = [start(SAID), text('{}'), last({ output_tokens: 7 }), STOP].join('');
  const headers = { 'content-encoding': 'gzip' };
  expect(await hear({ writes: [zlib.gzipSync(answer)], headers })).toMatchObject({
    text: '{}',
    end: { counts: { output: 7 } },
  });
  const refusal = JSON.stringify({ error: { type: 'api_error', message: 'As told' } });
  const { problem } = await hear({ status: 500, writes: [zlib.gzipSync(refusal)], headers });
  expect(problem?.message).toContain('As told');
});

describe('an answer without end', () => {
  function* flood(piece: string): Generator<string> {
    yield start(SAID);
    for (let sent = 0; sent < 100_000_000; sent += piece.length) yield piece;
  }

  it.each([
    ['pings', 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(1_000)],
    ['one line', 'x'.repeat(65_536)],
    ['one event', `data: ${'x'.repeat(65_530)}\n`],
  ])('is hung up on long before it is 100 MB: %s', async (_what, piece) => {
    const { problem } = await hear({ writes: flood(piece) });
    expect(problem?.code).toBe('model_stream_broken');
    expect(problem?.message).toMatch(/longer than \d+/);
    await fakeAnthropic.left();
  });
});

describe('what it says of itself', () => {
  it('is who answers, where it is another than was asked', async () => {
    const byWhom = async (model: unknown) => {
      const { events } = await hear({ writes: [start(SAID, model), text('{}'), last({}), STOP] });
      return events.find((each): each is ModelEvent & { type: 'start' } => each.type === 'start')
        ?.answeredBy;
    };
    expect(await byWhom('gpt-other')).toBe('gpt-other');
    expect(await byWhom(`${REQUEST.model}-20251001`)).toBeUndefined();
    expect(await byWhom(42)).toBeUndefined();
    expect(await byWhom('x'.repeat(10_000))).toBeUndefined();
  });

  it('never has the key in it, wherever it puts it', async () => {
    const secret = {
      type: `t_${KEY}`,
      message: `no such key: ${KEY}`,
      details: { error_code: KEY },
    };
    const answers: { writes: string[]; status?: number }[] = [
      { status: 401, writes: [JSON.stringify({ type: 'error', error: secret })] },
      { status: 500, writes: [`<h1>${KEY}</h1>`] },
      { writes: [start(SAID), event({ type: 'error', error: secret, request_id: KEY })] },
      { writes: [`event: error\ndata: ${KEY}\n\n`] },
      { writes: [`event: message_start\ndata: ${KEY}\n\n`] },
      {
        writes: [
          event({
            type: 'message_delta',
            delta: { stop_reason: 'refusal', stop_details: { explanation: `about ${KEY}` } },
          }),
          STOP,
        ],
      },
    ];
    for (const answer of answers) {
      const { events, problem } = await hear({ ...answer, headers: { 'request-id': KEY } });
      const { details } = problem ?? {};
      const cause = details?.cause as Error | undefined;
      const said = JSON.stringify([
        events,
        details,
        problem?.message,
        cause?.message,
        cause?.stack,
      ]);
      expect(said).not.toContain(KEY.slice(0, 10));
    }
  });

  it('is bounded: an id of a megabyte is none', async () => {
    const { problem } = await hear({
      status: 500,
      writes: ['{}'],
      headers: { 'request-id': 'r'.repeat(5_000) },
    });
    expect(problem?.details.upstream?.request_id).toBeNull();
  });
});
