import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writePieces } from './write-pieces.ts';

/** What to answer: a head, then writes as they stand, each in a packet of its own if it can be. */
export interface OpenAiScript {
  status?: number;
  headers?: Record<string, string>;
  writes: Iterable<string | Uint8Array>;
  /** After the last write: end well (default), cut the connection, or wait until the client leaves. */
  then?: 'end' | 'cut' | 'wait';
}

/** A request as it came. */
export interface OpenAiRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: {
    model: string;
    messages: { role: string; content: string }[];
    response_format?: { type: string; json_schema?: { schema: Record<string, unknown> } };
    [field: string]: unknown;
  };
}

/** A server on the test's side that speaks chat completions, well or badly, as it is told. */
export interface FakeOpenAi {
  /** With the `/v1` that such servers have. */
  readonly url: string;
  readonly requests: OpenAiRequest[];
  /** Connections that were opened to it so far. */
  readonly connections: number;
  /** Writes of the running answer that the connection took, and whether it takes no more now. */
  readonly taken: number;
  /** Null: a right answer for the schema that is asked for. A function decides by request. */
  script: OpenAiScript | null | ((request: OpenAiRequest) => OpenAiScript | null);
  /** Settles when a client has left before its answer was whole. */
  left(): Promise<void>;
  close(): Promise<void>;
}

interface State {
  connections: number;
  taken: number;
  departures: number;
  onLeft: () => void;
}

export async function startFakeOpenAi(): Promise<FakeOpenAi> {
  const state: State = { connections: 0, taken: 0, departures: 0, onLeft: () => undefined };
  const requests: OpenAiRequest[] = [];
  const server = createServer((incoming, response) => {
    response.once('close', () => {
      if (response.writableFinished) return;
      state.departures += 1;
      state.onLeft();
    });
    void readRequest(incoming).then((request) => {
      requests.push(request);
      const { script } = fakeAnthropic;
      const told = typeof script === 'function' ? script(request) : script;
      return play(response, told ?? rightAnswer(request), state);
    });
  });
  server.on('connection', () => (state.connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fakeAnthropic: FakeOpenAi = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`,
    requests,
    get connections() {
      return state.connections;
    },
    get taken() {
      return state.taken;
    },
    script: null,
    async left() {
      if (state.departures === 0) await new Promise<void>((resolve) => (state.onLeft = resolve));
      state.departures -= 1;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return fakeAnthropic;
}

async function readRequest(request: IncomingMessage): Promise<OpenAiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as OpenAiRequest['body'];
  return { path: request.url ?? '', headers: request.headers, body };
}

async function play(
  response: ServerResponse,
  { status = 200, headers = SSE, writes, then = 'end' }: OpenAiScript,
  state: State,
): Promise<void> {
  response.writeHead(status, headers);
  response.flushHeaders();
  const stayed = await writePieces(response, writes, () => {
    state.taken += 1;
  });
  if (!stayed) return;
  if (then === 'end') response.end();
  // In the next turn: a cut may overtake what was written just now.
  if (then === 'cut') setImmediate(() => response.destroy());
}

export const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
export const JSON_TYPE = { 'content-type': 'application/json' };
export const DONE = 'data: [DONE]\n\n';

/** Any value as an event. */
export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A chunk of a stream: what the model adds, and why it stops, if it does. */
export const chunk = (delta: Record<string, unknown>, finishReason: string | null = null): string =>
  event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    usage: null,
  });

export const say = (...texts: string[]): string[] => texts.map((content) => chunk({ content }));

/** The chunk after the last one: counts, and no choices. */
export const tally = (usage: Record<string, unknown>): string =>
  event({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage });

export const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 5 },
};

/** A whole stream as OpenAI and vLLM send it. */
export const stream = (...texts: string[]): string[] => [
  chunk({ role: 'assistant', content: '' }),
  ...say(...texts),
  chunk({}, 'stop'),
  tally(USAGE),
  DONE,
];

/** An answer that is not streamed. */
export const whole = (
  message: Record<string, unknown>,
  rest: Record<string, unknown> = { usage: USAGE },
  finishReason = 'stop',
): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finishReason }],
    ...rest,
  });

/** The same bytes, one by one: every character that can be split is. */
export const bytewise = (writes: Iterable<string>): Uint8Array[] =>
  [...Buffer.from([...writes].join(''))].map((byte) => Uint8Array.of(byte));

/** Values that fit the output schemas of the built-in tools and of the schemas that tests send. */
const VALUES: Record<string, unknown> = {
  answer: 'Within 30 days.',
  found: true,
  sources: ['Returns'],
  summary: 'It will be dry.',
  label: 'billing',
  confidence: 0.9,
  reason: 'It names an invoice.',
  data: { total: 318.5 },
  text: 'Dear customer.',
};

/** Fits the schema of the request, or the values of all tools where it sent none. */
function rightAnswer({ body }: OpenAiRequest): OpenAiScript {
  const { properties } = body.response_format?.json_schema?.schema ?? { properties: VALUES };
  const keys = Object.keys(properties as Record<string, unknown>);
  const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, VALUES[key]])));
  return { writes: stream(...(text.match(/.{1,12}/gs) ?? [])) };
}
