import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writePieces } from './write-pieces.ts';

/** What the fake does with the next requests. */
export type Script =
  | { status: number; type: string; message?: string; headers?: Record<string, string> }
  /** Take the request and answer nothing, not even headers, until the client leaves. */
  | 'silence'
  /** Write these as they stand, each in a packet of its own if it can be. */
  | {
      writes: Iterable<string | Uint8Array>;
      status?: number;
      headers?: Record<string, string>;
      /** After the last of them: end well, or cut the connection. */
      then?: 'end' | 'cut';
    }
  | {
      /** The model's text, one delta each. */
      pieces: readonly string[];
      /** Other events to send before the text. */
      before?: readonly ({ type: string } & Record<string, unknown>)[];
      stop?: string;
      /** Why it stopped so, in the provider's words. */
      explanation?: string;
      /** Counts of the prompt, where they differ from 100 plain tokens. */
      usage?: Record<string, unknown>;
      headers?: Record<string, string>;
      /**
       * End without the last events: destroy the connection, wait until the client leaves, or say that
       * something broke.
       */
      then?: 'cut' | 'wait' | 'error';
    };

/** A Messages API on the test's side that fails, cuts or waits on command. */
export interface FakeAnthropic {
  readonly url: string;
  /** Models asked, in order. */
  readonly asked: string[];
  /** Bodies of the requests, in order. */
  readonly bodies: Asked[];
  /** Null: a right answer for whatever schema is asked for. A function decides by model. */
  script: Script | null | ((model: string) => Script | null);
  /** Settles when the client of a waiting stream has left, with the time it did. */
  left(): Promise<number>;
  close(): Promise<void>;
}

const REQUEST_ID = 'req_stand_in';

interface Asked {
  model: string;
  output_config: { format: { schema: { properties: Record<string, unknown> } } };
  [field: string]: unknown;
}

export async function startFakeAnthropic(): Promise<FakeAnthropic> {
  const asked: string[] = [];
  const bodies: Asked[] = [];
  const departures: number[] = [];
  let onLeft: (() => void) | undefined;
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      asked.push(body.model);
      bodies.push(body);
      response.setHeader('request-id', REQUEST_ID);
      response.once('close', () => {
        if (response.writableFinished) return;
        departures.push(Date.now());
        onLeft?.();
      });
      const { script } = fakeAnthropic;
      answer(response, body, typeof script === 'function' ? script(body.model) : script);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fakeAnthropic: FakeAnthropic = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    bodies,
    script: null,
    async left() {
      if (departures.length === 0) await new Promise<void>((resolve) => (onLeft = resolve));
      return departures.shift() ?? 0;
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

async function readJson(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
}

function answer(response: ServerResponse, body: Asked, script: Script | null): void {
  if (script === 'silence') return;
  if (script === null) write(response, { pieces: [rightAnswer(body)] }, body.model);
  else if ('writes' in script) void writeRaw(response, script);
  else if ('pieces' in script) write(response, script, body.model);
  else refuse(response, script);
}

function refuse(
  response: ServerResponse,
  { status, type, message = 'as told', headers }: Extract<Script, { status: number }>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: REQUEST_ID }));
}

function write(
  response: ServerResponse,
  script: Extract<Script, { pieces: unknown }>,
  model: string,
): void {
  const { pieces, before = [], then, headers } = script;
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  const send = (value: { type: string }, sent?: () => void): void => {
    response.write(event(value), sent);
  };
  for (const each of [...opening(model, script.usage), ...before, ...pieces.map(delta)]) send(each);
  if (then === undefined) {
    for (const each of closing(script)) send(each);
    response.end();
  } else if (then === 'error') {
    send({ type: 'error', error: { type: 'overloaded_error', message: 'as told' } } as never);
    response.end();
  } else {
    // A cut may overtake what was written unless it waits for the last write.
    send({ type: 'ping' }, then === 'cut' ? () => response.destroy() : undefined);
  }
}

async function writeRaw(
  response: ServerResponse,
  { writes, status = 200, headers, then = 'end' }: Extract<Script, { writes: unknown }>,
): Promise<void> {
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
  if (!(await writePieces(response, writes))) return;
  if (then === 'end') response.end();
  else response.destroy();
}

/** An event as the API writes it. */
export const event = (value: { type: string } & Record<string, unknown>): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

const opening = (model: string, counts: Record<string, unknown> = {}): { type: string }[] => [
  {
    type: 'message_start',
    message: {
      id: 'msg_stand_in',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1, ...counts },
    },
  } as { type: string },
  {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'text', text: '' },
  } as { type: string },
];

const delta = (text: string): { type: string } =>
  ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) as {
    type: string;
  };

const closing = ({
  stop = 'end_turn',
  explanation,
  usage: counts,
}: Extract<Script, { pieces: unknown }>): { type: string }[] => [
  { type: 'content_block_stop', index: 0 } as { type: string },
  {
    type: 'message_delta',
    delta: {
      stop_reason: stop,
      stop_sequence: null,
      ...(explanation !== undefined && { stop_details: { type: stop, explanation } }),
    },
    usage: counts ? { output_tokens: 20 } : { ...usage, output_tokens: 20 },
  } as { type: string },
  { type: 'message_stop' },
];

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

const rightAnswer = ({ output_config }: Asked): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.keys(output_config.format.schema.properties).map((key) => [key, VALUES[key]]),
    ),
  );
