import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOpenAiProvider } from '../../../src/model/openai/provider.ts';
import type { ModelEvent } from '../../../src/model/provider.ts';
import {
  chunk,
  DONE,
  event,
  JSON_TYPE,
  say,
  SSE,
  startFakeOpenAi,
  stream,
  tally,
  whole,
  type OpenAiScript,
  type FakeOpenAi,
} from '../../support/fake-openai.ts';
import { hearOut, REQUEST, type HeardOut } from './support.ts';

const KEY = 'pk.live/9f3c2a77b1e64d08a5';

let server: FakeOpenAi;
let local: ReturnType<typeof buildOpenAiProvider>;
beforeAll(async () => {
  server = await startFakeOpenAi();
  local = buildOpenAiProvider({ name: 'local', apiKey: KEY, baseUrl: server.url });
});
afterAll(async () => {
  await local.close();
  await server.close();
});

function hear(script: OpenAiScript): Promise<HeardOut> {
  server.script = script;
  return hearOut(local.provider);
}

const STOP = chunk({}, 'stop');
const counted = async (usage: Record<string, unknown>) => {
  const { end } = await hear({ writes: [...say('{}'), STOP, tally(usage), DONE] });
  return { counts: end?.counts, doubts: end?.doubts ?? [] };
};

describe('a count', () => {
  it.each([
    [{ prompt_tokens: -1, completion_tokens: 7 }, { output: 7 }, ['input_unreadable']],
    [{ prompt_tokens: 9, completion_tokens: 20.5 }, { input: 9 }, ['output_unreadable']],
    [{ prompt_tokens: 9, completion_tokens: 'many' }, { input: 9 }, ['output_unreadable']],
    [{ prompt_tokens: 9, completion_tokens: 2 ** 53 }, { input: 9 }, ['output_unreadable']],
    [{ prompt_tokens: null, completion_tokens: null }, {}, []],
    [
      { prompt_tokens: 9, completion_tokens: 7, prompt_tokens_details: 'none' },
      { input: 9, output: 7 },
      [],
    ],
    [
      { prompt_tokens: 9, completion_tokens: 7, prompt_tokens_details: { cached_tokens: -3 } },
      { input: 9, output: 7 },
      ['input_unreadable'],
    ],
    [
      {
        prompt_tokens: 9,
        completion_tokens: 7,
        completion_tokens_details: { reasoning_tokens: {} },
      },
      { input: 9, output: 7 },
      ['thinking_unreadable'],
    ],
  ])('is a whole number from 0, or none: %j', async (usage, counts, doubts) => {
    expect(await counted(usage)).toEqual({ counts, doubts });
  });

  it('is none where usage is none', async () => {
    const { end } = await hear({
      writes: [...say('{}'), event({ choices: [{ finish_reason: 'stop' }], usage: 'much' }), DONE],
    });
    expect(end).toMatchObject({ counts: {}, doubts: ['input_unreadable', 'output_unreadable'] });
  });
});

describe('what keeps a connection alive', () => {
  it.each([
    ['an empty data', 'data:\n\n'],
    ['an empty data with a blank', 'data: \n\n'],
    ['words', 'data: keep-alive\n\n'],
    ['a comment', ': OPENROUTER PROCESSING\n\n'],
    ['an event of its own', 'event: ping\ndata: ping\n\n'],
    ['null', 'data: null\n\n'],
    ['a list', 'data: []\n\n'],
    ['an event of no kind', 'data: {}\n\n'],
  ])('says nothing: %s', async (_what, alive) => {
    const heard = await hear({ writes: stream('{', '}').flatMap((piece) => [alive, piece]) });
    expect(heard.problem).toBeNull();
    expect(heard).toMatchObject({ text: '{}', end: { stop: 'complete', counts: { output: 20 } } });
  });
});

describe('an answer that cannot be read', () => {
  it.each<[string, string | Uint8Array]>([
    ['choices that are none', event({ choices: {} })],
    ['a choice that is none', event({ choices: ['x'] })],
    ['a piece that is none', event({ choices: [{ delta: 'x' }] })],
    ['a text that is a number', event({ choices: [{ delta: { content: 42 } }] })],
    ['a part without text', event({ choices: [{ delta: { content: [{ type: 'text' }] } }] })],
    ['data that is cut', 'data: {"choices":[{"del\n\n'],
    ['bytes that are no text', Uint8Array.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 10, 10])],
  ])('is a broken stream, never a bug of ours: %s', async (_what, broken) => {
    const { problem, text } = await hear({ writes: [...say('{'), broken, ...say('}'), STOP] });
    // What comes in one packet with it may be lost with it.
    expect(['', '{']).toContain(text);
    expect(problem).toMatchObject({
      code: 'model_stream_broken',
      message: expect.stringContaining('The answer of llama-3.3 cannot be read.') as string,
    });
  });

  it.each(['null', '42', '[]', '{}', 'hello', '{"choices":'])(
    'is one that is not streamed, of %s',
    async (body) => {
      const { problem } = await hear({ headers: JSON_TYPE, writes: [body] });
      expect(problem?.code).toBe('model_stream_broken');
    },
  );
});

it('text may come in parts, and thinking among them', async () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: '{' },
    { type: 'text', text: '}' },
  ];
  const heard = await hear({ writes: [chunk({ content }), STOP, DONE] });
  expect(heard).toMatchObject({ text: '{}', problem: null });
  expect(heard.events.some(({ type }) => type === 'thinking')).toBe(true);
});

describe('an encoding', () => {
  it.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['deflate', zlib.deflateSync],
  ] as const)('%s is taken off a stream, a whole answer and an error', async (name, encode) => {
    const headers = { 'content-encoding': name };
    const streamed = await hear({
      headers: { ...SSE, ...headers },
      writes: [encode(stream('{}').join(''))],
    });
    expect(streamed).toMatchObject({ text: '{}', problem: null });
    const json = { ...JSON_TYPE, ...headers };
    expect(await hear({ headers: json, writes: [encode(whole({ content: '{}' }))] })).toMatchObject(
      {
        text: '{}',
      },
    );
    const error = encode('{"error":{"message":"As told"}}');
    const { problem } = await hear({ status: 400, headers: json, writes: [error] });
    expect(problem?.message).toContain('As told');
  });
});

describe('an answer without end', () => {
  function* flood(piece: string): Generator<string> {
    for (let sent = 0; sent < 100_000_000; sent += piece.length) yield piece;
  }

  it.each([
    ['comments', SSE, ': ping\n\n'.repeat(1_000)],
    ['one line', SSE, 'x'.repeat(65_536)],
    ['JSON', JSON_TYPE, ' '.repeat(65_536)],
  ])('is hung up on long before it is 100 MB: %s', async (_what, headers, piece) => {
    const { problem } = await hear({ headers, writes: flood(piece) });
    expect(problem?.code).toBe('model_stream_broken');
    expect(problem?.message).toMatch(/longer than \d+/);
    await server.left();
  });
});

it('talk that never becomes an object costs what it is long, not its square', async () => {
  const open = buildOpenAiProvider({
    name: 'local',
    apiKey: null,
    baseUrl: server.url,
    structured: 'prompt',
  });
  const talk = '<think>' + '>'.repeat(400_000);
  server.script = { writes: stream(talk, '</think>', '{"answer":"x"}') };
  expect((await hearOut(open.provider)).text).toBe('{"answer":"x"}');
  await open.close();
});

describe('what it says of itself', () => {
  it('is who answers, where it is another than was asked', async () => {
    const byWhom = async (model: unknown) => {
      const named = event({
        model,
        choices: [{ delta: { content: '{}' }, finish_reason: 'stop' }],
      });
      const { events } = await hear({ writes: [named, DONE] });
      return events.find((each): each is ModelEvent & { type: 'start' } => each.type === 'start')
        ?.answeredBy;
    };
    expect(await byWhom('gpt-other')).toBe('gpt-other');
    expect(await byWhom(`meta/${REQUEST.model}-2025-01-01`)).toBeUndefined();
    expect(await byWhom({})).toBeUndefined();
  });

  it('never has the key in it, wherever it puts it', async () => {
    const error = { message: `no such key: ${KEY}`, code: KEY, type: KEY };
    const headers = { 'x-request-id': KEY };
    const answers: OpenAiScript[] = [
      { status: 401, headers: { ...JSON_TYPE, ...headers }, writes: [JSON.stringify({ error })] },
      {
        status: 400,
        headers: { ...JSON_TYPE, ...headers },
        writes: [JSON.stringify({ detail: [KEY] })],
      },
      { headers: { ...SSE, ...headers }, writes: [...say('{'), event({ error })] },
      { headers: { ...SSE, ...headers }, writes: [`error: ${KEY}\n\n`] },
      { headers: { ...SSE, ...headers }, writes: [chunk({ refusal: `about ${KEY}` }), STOP, DONE] },
    ];
    for (const answer of answers) {
      const { events, problem } = await hear(answer);
      const cause = problem?.details.cause as Error | undefined;
      const said = [events, problem?.details, problem?.message, cause?.message, cause?.stack];
      expect(JSON.stringify(said)).not.toContain(KEY.slice(0, 10));
    }
  });
});
