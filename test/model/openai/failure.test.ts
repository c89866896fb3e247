import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOpenAiProvider } from '../../../src/model/openai/provider.ts';
import {
  DONE,
  event,
  JSON_TYPE,
  say,
  SSE,
  startFakeOpenAi,
  type OpenAiScript,
  type FakeOpenAi,
} from '../../support/fake-openai.ts';
import { freePort } from '../../support/free-port.ts';
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

const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  hear({
    status,
    headers: { ...JSON_TYPE, ...headers },
    writes: [typeof body === 'string' ? body : JSON.stringify(body)],
  });

const said = (message: string, rest: object = {}) => ({ error: { message, ...rest } });

describe('an answer with an error status', () => {
  it.each([
    [307, 'model_rejected'],
    [400, 'model_rejected'],
    [401, 'model_auth_failed'],
    [402, 'model_spend_limit'],
    [403, 'model_auth_failed'],
    [404, 'model_rejected'],
    [408, 'model_unavailable'],
    [409, 'model_unavailable'],
    [413, 'model_rejected'],
    [422, 'model_rejected'],
    [429, 'model_rate_limited'],
    [500, 'model_unavailable'],
    [503, 'model_unavailable'],
  ])('%i is %s, with what the server said', async (status, code) => {
    const { events, problem } = await refuse(status, said('As told', { type: 'its_word' }), {
      'x-request-id': 'req_7',
      location: '/elsewhere',
    });
    expect(events).toEqual([{ type: 'headers', requestId: 'req_7', limits: {} }]);
    expect(problem).toMatchObject({
      code,
      details: {
        detail: expect.stringMatching(
          new RegExp(`llama-3.3.*${String(status)}.*As told`),
        ) as string,
        upstream: {
          provider: 'local',
          model: 'llama-3.3',
          status,
          type: 'its_word',
          request_id: 'req_7',
        },
      },
    });
  });

  it('tells its limits before it throws', async () => {
    const { events } = await refuse(429, said('Slow down'), {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1s',
    });
    expect(events).toMatchObject([{ limits: { requests: { limit: 60, remaining: 0 } } }]);
  });

  it.each([
    ['30', 30_000],
    ['3600', 3_600_000],
    ['soon', undefined],
  ])('says with retry-after %s to wait %s ms', async (after, ms) => {
    const { problem } = await refuse(429, said('Slow down'), { 'retry-after': after });
    expect(problem?.details.retryAfterMs).toBe(ms);
  });

  it('of a page instead of JSON keeps its status and shows none of the page', async () => {
    const page = '<html><body>Bad gateway</body></html>';
    const { problem } = await refuse(502, page, { 'content-type': 'text/html' });
    expect(problem?.code).toBe('model_unavailable');
    expect(problem?.details.detail).not.toContain('<');
    expect(problem?.details.upstream).toMatchObject({ status: 502, type: null });
  });

  it('means the same when its words do not arrive', async () => {
    const { problem } = await hear({ status: 503, writes: ['{"error":'], then: 'cut' });
    expect(problem?.code).toBe('model_unavailable');
  });

  it('does not repeat a book that the server sent', async () => {
    const { problem } = await refuse(400, said('x'.repeat(9_000)));
    expect(problem?.details.detail.length).toBeLessThan(500);
  });

  it.each([
    ['vLLM, before 2025', { object: 'error', message: 'As told', type: 'Bad', code: 400 }, 'Bad'],
    ['TGI', { error: 'As told', error_type: 'validation' }, 'validation'],
    ['FastAPI', { detail: 'As told' }, null],
    [
      'OpenAI with a code',
      said('As told', { type: 'a', code: 'model_not_found' }),
      'model_not_found',
    ],
    ['a number as code', said('As told', { type: 'a', code: 400 }), 'a'],
  ])('is read in the dialect of %s', async (_server, body, type) => {
    const { problem } = await refuse(400, body);
    expect(problem?.details.detail).toContain('As told');
    expect(problem?.details.upstream?.type).toBe(type);
  });
});

describe('a prompt that is too long', () => {
  it.each([
    ['its code', said('No', { code: 'context_length_exceeded' })],
    ['the type of llama.cpp', said('No', { type: 'exceed_context_size_error', code: 400 })],
    ['OpenAI', said("This model's maximum context length is 4097 tokens. However, you …")],
    [
      'vLLM',
      said('The decoder prompt (length 5000) is longer than the maximum model length of 4096.'),
    ],
    ['llama.cpp', said('request (4390 tokens) exceeds the available context size (4096 tokens)')],
    ['SGLang', said("The input (9 tokens) is longer than the model's context length (8 tokens).")],
    ['Ollama', said('prompt is too long; exceeded max context length by 7 tokens')],
    [
      'LM Studio',
      {
        error:
          'The number of tokens to keep from the initial prompt is greater than the context length.',
      },
    ],
    ['TGI', { error: '`inputs` tokens + `max_new_tokens` must be <= 2048. Given: …' }],
  ])('is known by %s', async (_by, body) => {
    expect((await refuse(400, body)).problem?.code).toBe('context_exceeded');
  });

  it('is known in a stream that runs out of room, and behind a 500', async () => {
    const body = said('Context size has been exceeded.', { code: 500, type: 'server_error' });
    expect((await refuse(500, body)).problem?.code).toBe('context_exceeded');
    const { problem } = await hear({ writes: [...say('{"a'), event(body)] });
    expect(problem?.code).toBe('context_exceeded');
  });

  it('is not meant by a rate limit that speaks of it', async () => {
    const { problem } = await refuse(429, said('Too many tokens for the maximum context length'));
    expect(problem?.code).toBe('model_rate_limited');
  });
});

describe('an account that is spent', () => {
  it.each([
    [429, { code: 'insufficient_quota' }],
    [429, { type: 'insufficient_quota' }],
    [403, { code: 'billing_not_active' }],
  ])('is known behind a %i with %o', async (status, word) => {
    const { problem } = await refuse(status, said('Pay', word));
    expect(problem?.code).toBe('model_spend_limit');
  });
});

describe('an error behind status 200', () => {
  it.each([
    ['a number', said('Busy', { code: 503 }), 'model_unavailable'],
    ['no number', { error: 'Unexpected endpoint or method.' }, 'model_rejected'],
  ])('is what its body says: %s', async (_name, body, code) => {
    const { events, problem } = await refuse(200, body);
    expect(events.map(({ type }) => type)).toEqual(['headers']);
    expect(problem).toMatchObject({ code, details: { upstream: { status: 200 } } });
  });

  it('is a web page where the address is wrong', async () => {
    const { problem } = await refuse(200, '<html></html>', { 'content-type': 'text/html' });
    expect(problem?.code).toBe('model_rejected');
  });

  it.each([
    ['not JSON', '{"choices":['],
    ['no answer', '{"status":"ok"}'],
    ['nothing', ''],
  ])('is a broken answer if it is %s', async (_name, body) => {
    const { events, problem } = await refuse(200, body);
    expect(events.map(({ type }) => type)).toEqual(['headers']);
    expect(problem?.code).toBe('model_stream_broken');
  });
});

describe('an error in a stream', () => {
  it.each([
    ['an object', event(said('Out of memory', { type: 'server_error' })), 'server_error'],
    ['a text', event({ error: 'Out of memory', error_type: 'generation' }), 'generation'],
    [
      'vLLM of old',
      event({ object: 'error', message: 'Out of memory', type: 'Internal' }),
      'Internal',
    ],
    [
      'a field of its own',
      'error: {"message":"Out of memory","type":"server_error"}\n\n',
      'server_error',
    ],
  ])('as %s is a broken stream with the word of the server', async (_name, error, type) => {
    const { events, end, problem } = await hear({ writes: [...say('{"a'), error, DONE] });
    expect(events.map(({ type: kind }) => kind)).toEqual(['headers', 'start', 'text']);
    expect(end).toBeUndefined();
    expect(problem).toMatchObject({
      code: 'model_stream_broken',
      details: {
        detail: expect.stringContaining('Out of memory') as string,
        upstream: { status: 200, type },
      },
    });
  });

  it('as its first event is a refusal, if it names a status', async () => {
    const { events, problem } = await hear({ writes: [event(said('No', { code: 401 })), DONE] });
    expect(events.map(({ type }) => type)).toEqual(['headers']);
    expect(problem?.code).toBe('model_auth_failed');
  });

  it('after its reason to stop is still an error', async () => {
    const writes = [event({ choices: [{ finish_reason: 'stop' }] }), event(said('No')), DONE];
    expect(await hear({ writes })).toMatchObject({
      end: undefined,
      problem: { code: 'model_stream_broken' },
    });
  });

  it.each([
    ['an event that is not JSON', 'data: {"choices": [\n\n'],
    ['an event that never ends', `data: "${'x'.repeat(9 * 1024 * 1024)}`],
  ])('may be %s', async (_name, garbage) => {
    const { text, problem } = await hear({ writes: [...say('{"a'), garbage] });
    expect(text).toBe('{"a');
    expect(problem?.code).toBe('model_stream_broken');
  });
});

describe('a server that is not there', () => {
  it('cannot be reached', async () => {
    const port = await freePort();
    const gone = buildOpenAiProvider({
      name: 'gone',
      apiKey: null,
      baseUrl: `http://127.0.0.1:${String(port)}/v1`,
    });
    const { events, problem } = await hearOut(gone.provider);
    expect(events).toEqual([]);
    expect(problem).toMatchObject({
      code: 'model_unavailable',
      details: {
        detail: 'llama-3.3 could not be reached.',
        upstream: { provider: 'gone', status: null, type: null, request_id: null },
      },
    });
    await gone.close();
  });

  it('is one that hangs up before it answers', async () => {
    const rude = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.destroy());
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const { port } = rude.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${String(port)}/v1`;
    const { provider, close } = buildOpenAiProvider({ name: 'rude', apiKey: null, baseUrl });
    const { problem } = await hearOut(provider);
    expect(problem?.code).toBe('model_unavailable');
    await close();
    await new Promise((resolve) => rude.close(resolve));
  });
});

it('reads a stream with an odd content type all the same', async () => {
  const writes = [...say('{}'), event({ choices: [{ finish_reason: 'stop' }] }), DONE];
  const { text, end } = await hear({ headers: { ...SSE, 'content-type': 'text/plain' }, writes });
  expect(text).toBe('{}');
  expect(end?.stop).toBe('complete');
});
