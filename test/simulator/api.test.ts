import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { clientFor, fixture } from './support.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'api' });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const QUESTION = {
  model: 'claude-sonnet-5-5',
  max_tokens: 500,
  messages: [
    {
      role: 'user' as const,
      content:
        'The tower is 90 metres high and white. Nobody lives there.\n\nHow high is the tower?',
    },
  ],
};

function post(body: unknown, headers: Record<string, string> = {}, path = '/v1/messages') {
  return fetch(simulator.url + path, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2026-10-21', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function refusal(response: Response) {
  const body = (await response.json()) as {
    type: string;
    error: { type: string; message: string; details: unknown };
    request_id: string;
  };
  expect(body.type).toBe('error');
  expect(body.error.details).toBeNull();
  expect(body.request_id).toBe(response.headers.get('request-id'));
  return { status: response.status, type: body.error.type, message: body.error.message };
}

describe('POST /v1/messages as JSON', () => {
  it('answers the SDK with a whole message', async () => {
    const { data, response, request_id } = await client.messages.create(QUESTION).withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [{ type: 'text', text: 'The tower is 90 metres high and white.', citations: null }],
      stop_reason: 'end_turn',
    });
    expect(data.id).toMatch(/^msg_01\w{22}$/);
    expect(request_id).toMatch(/^req_01\w{22}$/);
    expect(response.headers.get('anthropic-organization-id')).toBeTruthy();
  });

  it('spells out null where there is nothing to say', async () => {
    const message = (await (await post(QUESTION)).json()) as Record<string, unknown>;
    const { stop_sequence, stop_details, container, diagnostics } = message;
    expect({ stop_sequence, stop_details, container, diagnostics }).toStrictEqual({
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
    });
  });

  it('gives the same answer to the same request, under a new id', async () => {
    const [one, two] = [
      await client.messages.create(QUESTION),
      await client.messages.create(QUESTION),
    ];
    expect(two.content).toEqual(one.content);
    expect(two.usage).toEqual(one.usage);
    expect(two.id).not.toBe(one.id);
  });

  it('stops at max_tokens and says so', async () => {
    const message = await client.messages.create({ ...QUESTION, max_tokens: 4 });
    expect(message.stop_reason).toBe('max_tokens');
    expect(message.usage.output_tokens).toBe(4);
  });

  it('warms up without writing when max_tokens is 0', async () => {
    const message = await client.messages.create({ ...QUESTION, max_tokens: 0 });
    expect(message).toMatchObject({ content: [], stop_reason: 'max_tokens' });
    expect(message.usage.output_tokens).toBe(0);
  });

  it('stops before a stop sequence and names it', async () => {
    const stop = { ...QUESTION, stop_sequences: ['zebra', ' metres'] };
    const message = await client.messages.create(stop);
    expect(message).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: ' metres',
      content: [{ text: 'The tower is 90' }],
    });
  });
});

describe('POST /v1/messages as a stream', () => {
  it('sends the events in the order of the API', async () => {
    const response = await post({ ...QUESTION, stream: true });
    const names = [...(await response.text()).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(names.slice(0, 3)).toEqual(['message_start', 'ping', 'content_block_start']);
    expect(names.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(new Set(names.slice(3, -3))).toEqual(new Set(['content_block_delta']));
  });

  it('streams the very text, usage and stop reason of the JSON answer', async () => {
    const whole = await client.messages.create(QUESTION);
    const streamed = await client.messages.stream(QUESTION).finalMessage();
    expect(streamed.content).toMatchObject([
      { type: 'text', text: 'The tower is 90 metres high and white.' },
    ]);
    expect(streamed.stop_reason).toBe(whole.stop_reason);
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
  });

  it('starts with the input usage and only a placeholder for the output', async () => {
    const stream = await client.messages.create({ ...QUESTION, stream: true });
    for await (const event of stream) {
      if (event.type !== 'message_start') continue;
      expect(event.message).toMatchObject({ content: [], stop_reason: null });
      expect(event.message.usage.input_tokens).toBeGreaterThan(10);
      expect(event.message.usage.output_tokens).toBeLessThanOrEqual(4);
    }
  });

  it('never cuts a character in two', async () => {
    const text = 'Die Fähre 🚢 nach 東京 fährt um 9 Uhr ab 👩‍👩‍👧 und kostet 12 €. '.repeat(8);
    const content = `<text>${text}</text><instruction>tidy up</instruction>`;
    const stream = await client.messages.create({
      ...QUESTION,
      messages: [{ role: 'user', content }],
      stream: true,
    });
    let streamed = '';
    for await (const event of stream) {
      if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
      // Half a surrogate pair is what a character cut in two leaves.
      expect(event.delta.text).not.toMatch(/\p{Cs}/u);
      expect(event.delta.text).not.toContain('\ufffd');
      streamed += event.delta.text;
    }
    expect(streamed).toBe(text.trim());
  });
});

describe('what is refused', () => {
  it('accepts a key in either header, and none is 401', async () => {
    const version = { 'anthropic-version': '2023-06-01' };
    const ask = (headers: Record<string, string>) =>
      fetch(`${simulator.url}/v1/messages`, {
        method: 'POST',
        headers: { ...version, ...headers },
        body: JSON.stringify(QUESTION),
      });
    expect((await ask({ 'x-api-key': 'k' })).status).toBe(200);
    expect((await ask({ authorization: 'Bearer k' })).status).toBe(200);
    expect(await refusal(await ask({}))).toMatchObject({
      status: 401,
      type: 'authentication_error',
    });
  });

  it('wants a version it knows', async () => {
    const body = JSON.stringify(QUESTION);
    const none = await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'k' },
      body,
    });
    expect(await refusal(none)).toMatchObject({ status: 400, type: 'invalid_request_error' });
    const odd = await post(QUESTION, { 'anthropic-version': '2024-01-01' });
    expect((await refusal(odd)).status).toBe(400);
  });

  it.each([
    ['malformed JSON', '{"model": ', /valid JSON/],
    ['no model', { ...QUESTION, model: undefined }, /^model: Field required/],
    ['no max_tokens', { ...QUESTION, max_tokens: undefined }, /^max_tokens: Field required/],
    ['a fractional max_tokens', { ...QUESTION, max_tokens: 1.5 }, /^max_tokens/],
    ['more max_tokens than the model has', { ...QUESTION, max_tokens: 128_001 }, /128000/],
    ['no messages', { ...QUESTION, messages: [] }, /^messages/],
    [
      'an unknown role',
      { ...QUESTION, messages: [{ role: 'tool', content: 'x' }] },
      /^messages\.0\.role/,
    ],
    ['an empty text', { ...QUESTION, messages: [{ role: 'user', content: '' }] }, /non-empty/],
    [
      'an unknown block',
      { ...QUESTION, messages: [{ role: 'user', content: [{ type: 'x' }] }] },
      /messages\.0\.content\.0/,
    ],
    [
      'a prefilled answer',
      { ...QUESTION, messages: [...QUESTION.messages, { role: 'assistant', content: '{' }] },
      /prefill/,
    ],
    [
      'an unknown format',
      { ...QUESTION, output_config: { format: { type: 'xml' } } },
      /output_config/,
    ],
  ])('answers 400 to %s', async (_, body, message) => {
    const answer = await refusal(await post(body));
    expect(answer).toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(answer.message).toMatch(message);
  });

  it('answers 404 to an unknown model and an unknown route', async () => {
    const error = await client.messages
      .create({ ...QUESTION, model: 'claude-unknown-9' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.NotFoundError);
    const route = await refusal(await post({}, {}, '/v1/complete'));
    expect(route).toMatchObject({ status: 404, type: 'not_found_error' });
  });

  it('answers 413 to more than 32 MB', async () => {
    const answer = await refusal(await post('x'.repeat(33 * 1024 * 1024)));
    expect(answer).toMatchObject({ status: 413, type: 'request_too_large' });
  });
});

describe('the other endpoints', () => {
  it('counts the tokens that the message is then billed for', async () => {
    const { model, messages } = QUESTION;
    const system = fixture('handbook.md');
    const counted = await client.messages.countTokens({ model, messages, system });
    const message = await client.messages.create({ ...QUESTION, system });
    expect(counted.input_tokens).toBe(message.usage.input_tokens);
  });

  it('is healthy', async () => {
    const response = await fetch(`${simulator.url}/_sim/health`);
    expect(await response.json()).toEqual({ status: 'ok' });
  });
});
