import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOpenAiProvider } from '../../../src/model/openai/provider.ts';
import type { TokenCounts } from '../../../src/model/provider.ts';
import {
  bytewise,
  chunk,
  DONE,
  event,
  JSON_TYPE,
  say,
  startFakeOpenAi,
  stream,
  tally,
  USAGE,
  whole,
  type OpenAiScript,
  type FakeOpenAi,
} from '../../support/fake-openai.ts';
import { hearOut, type HeardOut } from './support.ts';

let server: FakeOpenAi;
let local: ReturnType<typeof buildOpenAiProvider>;
beforeAll(async () => {
  server = await startFakeOpenAi();
  local = buildOpenAiProvider({ name: 'local', apiKey: null, baseUrl: server.url });
});
afterAll(async () => {
  await local.close();
  await server.close();
});

function hear(script: OpenAiScript): Promise<HeardOut> {
  server.script = script;
  return hearOut(local.provider);
}

const COUNTS: TokenCounts = { input: 36, cache_read: 64, output: 20, thinking: 5 };
const STOP = chunk({}, 'stop');

describe('an answer as it should be', () => {
  it('is told in the order of the port', async () => {
    const { events } = await hear({
      headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req_7' },
      writes: [
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning_content: 'Let me see.' }),
        ...say('{"answer":', '"30 days"}'),
        STOP,
        tally(USAGE),
        DONE,
      ],
    });
    expect(events).toEqual([
      { type: 'headers', requestId: 'req_7', limits: {} },
      { type: 'start', counts: {} },
      { type: 'thinking', chars: 11 },
      { type: 'text', text: '{"answer":' },
      { type: 'text', text: '"30 days"}' },
      { type: 'end', stop: 'complete', counts: COUNTS, why: null },
    ]);
  });

  it('has no request id where the server gives none', async () => {
    const { events } = await hear({ writes: stream('{}') });
    expect(events[0]).toEqual({ type: 'headers', requestId: null, limits: {} });
  });
});

describe('the same answer in another dialect', () => {
  const right = stream('{"answer":', '"dreißig Täge 🙂"}');
  const text = '{"answer":"dreißig Täge 🙂"}';
  it.each<[string, OpenAiScript['writes']]>([
    ['in one packet', [right.join('')]],
    ['byte by byte', bytewise(right)],
    ['with CRLF', right.map((write) => write.replaceAll('\n', '\r\n'))],
    ['with CRLF byte by byte', bytewise(right.map((write) => write.replaceAll('\n', '\r\n')))],
    ['without a space after data:', right.map((write) => write.replace('data: ', 'data:'))],
    ['with comments in between', right.flatMap((write) => [': ping\n\n', write])],
    ['with event names and ids', right.map((write) => `event: message\nid: 1\n${write}`)],
    ['with a byte order mark', [`\uFEFF${right.join('')}`]],
    ['with events of a kind we do not know', [event({ kind: 'news' }), ...right]],
    ['with an event that is null', [event(null), ...right]],
    [
      'with a choiceless first chunk',
      [event({ choices: [], prompt_filter_results: [] }), ...right],
    ],
  ])('is the same %s', async (_dialect, writes) => {
    const heard = await hear({ writes });
    expect(heard.problem).toBeNull();
    expect(heard.text).toBe(text);
    expect(heard.end).toEqual({ type: 'end', stop: 'complete', counts: COUNTS, why: null });
    expect(heard.events.filter(({ type }) => type === 'start')).toHaveLength(1);
  });

  it.each(['reasoning_content', 'reasoning'])('may think in %s', async (field) => {
    const { events, text: said } = await hear({
      writes: [chunk({ [field]: 'Hm.' }), ...say('{}'), STOP, DONE],
    });
    expect(events).toContainEqual({ type: 'thinking', chars: 3 });
    expect(said).toBe('{}');
  });

  it('may come whole, though a stream was asked for', async () => {
    const message = { role: 'assistant', content: text, reasoning_content: 'Hm.' };
    const { events } = await hear({ headers: JSON_TYPE, writes: [whole(message)] });
    expect(events.slice(1)).toEqual([
      { type: 'start', counts: {} },
      { type: 'thinking', chars: 3 },
      { type: 'text', text },
      { type: 'end', stop: 'complete', counts: COUNTS, why: null },
    ]);
  });
});

describe('the reason to stop', () => {
  it.each([
    ['stop', 'complete'],
    ['length', 'truncated'],
    ['content_filter', 'refused'],
    ['tool_calls', 'complete'],
    ['eos_token', 'complete'],
    ['constructor', 'complete'],
    ['__proto__', 'complete'],
  ])('%s is %s, streamed or whole', async (reason, stop) => {
    const streamed = await hear({ writes: [...say('{}'), chunk({}, reason), DONE] });
    expect(streamed.end).toMatchObject({ stop, why: null });
    const answer = whole({ content: '{}' }, {}, reason);
    expect((await hear({ headers: JSON_TYPE, writes: [answer] })).end).toMatchObject({ stop });
  });

  it('may come with the last text', async () => {
    const heard = await hear({ writes: [chunk({ content: '{}' }, 'stop'), DONE] });
    expect(heard).toMatchObject({ text: '{}', end: { stop: 'complete' } });
  });

  it('is a refusal where the model declines, in its words', async () => {
    const writes = [chunk({ refusal: 'I cannot ' }), chunk({ refusal: 'do that.' }), STOP, DONE];
    expect((await hear({ writes })).end).toMatchObject({
      stop: 'refused',
      why: 'I cannot do that.',
    });
  });

  it.each(['abort', 'error', 'insufficient_system_resource'])(
    '%s is a server in trouble, not an end',
    async (reason) => {
      const { end, problem } = await hear({ writes: [...say('{"a'), chunk({}, reason), DONE] });
      expect(end).toBeUndefined();
      expect(problem).toMatchObject({
        code: 'model_stream_broken',
        details: { upstream: { type: reason, status: 200 } },
      });
    },
  );
});

describe('the counts', () => {
  it.each<[string, string[], TokenCounts]>([
    ['are missing where the server sends none', [STOP, DONE], {}],
    [
      'may come with the reason',
      [event({ choices: [{ finish_reason: 'stop' }], usage: USAGE }), DONE],
      COUNTS,
    ],
    [
      'may grow from chunk to chunk',
      [tally({ prompt_tokens: 100, completion_tokens: 1 }), STOP, tally(USAGE)],
      COUNTS,
    ],
    [
      'may come after a reason that had some',
      [
        event({ choices: [{ finish_reason: 'stop' }], usage: { prompt_tokens: 1 } }),
        tally(USAGE),
        DONE,
      ],
      COUNTS,
    ],
  ])('%s', async (_name, ending, counts) => {
    const { end } = await hear({ writes: [...say('{}'), ...ending] });
    expect(end?.counts).toEqual(counts);
  });
});

describe('a stream that stops', () => {
  it.each<[string, OpenAiScript]>([
    ['after its counts', { writes: [...say('{}'), STOP, tally(USAGE)], then: 'end' }],
    ['after its reason', { writes: [...say('{}'), STOP], then: 'end' }],
    ['after its reason with a broken connection', { writes: [...say('{}'), STOP], then: 'cut' }],
    ['in the middle of its counts', { writes: [...say('{}'), STOP, 'data: {"cho'], then: 'end' }],
  ])('%s is whole', async (_name, script) => {
    const { end, text, problem } = await hear(script);
    expect({ text, problem, stop: end?.stop }).toEqual({
      text: '{}',
      problem: null,
      stop: 'complete',
    });
  });

  it.each<[string, OpenAiScript]>([
    ['after a text', { writes: say('{"a"') }],
    ['before its first chunk', { writes: [] }],
    ['in the middle of its reason', { writes: [...say('{}'), STOP.slice(0, -2)] }],
    ['with [DONE] but no reason', { writes: [...say('{}'), DONE] }],
  ])('%s ends without an end', async (_name, script) => {
    const { end, problem } = await hear({ ...script, then: 'end' });
    expect(end).toBeUndefined();
    expect(problem).toBeNull();
  });

  it('because its connection broke is broken', async () => {
    const { end, text, problem } = await hear({ writes: say('{"a"'), then: 'cut' });
    expect(end).toBeUndefined();
    expect(text).toBe('{"a"');
    expect(problem).toMatchObject({
      code: 'model_stream_broken',
      details: { upstream: { provider: 'local', model: 'llama-3.3', status: 200 } },
    });
  });

  it('is not waited for after its counts', async () => {
    const { end } = await hear({ writes: [...say('{}'), STOP, tally(USAGE)], then: 'wait' });
    expect(end?.counts).toEqual(COUNTS);
    await server.left();
  });
});
