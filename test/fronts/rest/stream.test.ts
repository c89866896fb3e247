import { afterEach, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/app.ts';
import { buildRestServer } from '../../../src/fronts/rest/server.ts';
import type { Provider } from '../../../src/model/provider.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { send } from '../../support/raw-http.ts';
import { isEvent, readBlocks, readEvents, type SseBlock } from '../../support/sse.ts';
import { testApp } from '../../support/test-app.ts';
import { OWNER } from '../../support/owner.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(provider: Provider, heartbeatMs = 15_000): Promise<{ url: string; app: App }> {
  const app = testApp({ provider });
  const server = await buildRestServer(app, {
    allowedHosts: ['127.0.0.1'],
    bodyLimitBytes: 1_000_000,
    bodyLimitValues: 10_000,
    heartbeatMs,
    simulatorUrl: null,
    onError: (error) => {
      throw error;
    },
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  open.push(
    () => app.close(),
    () => server.close(),
  );
  return { url, app };
}

const ask = (url: string, body: unknown = { question: 'How long?' }): Promise<Response> =>
  fetch(`${url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });

const bodyOf = ({ body }: Response): AsyncIterable<Uint8Array> => {
  if (!body) throw new Error('a stream has a body');
  return body;
};

/** A model that says nothing until it is told to go on. */
function silentModel(): { provider: Provider; goOn: () => void } {
  let goOn = (): void => undefined;
  const told = new Promise<void>((resolve) => (goOn = resolve));
  return {
    goOn: () => {
      goOn();
    },
    provider: {
      name: 'silent',
      async *stream(_request, { onSent }) {
        onSent();
        yield { type: 'headers', requestId: 'req_1', limits: {} };
        yield { type: 'start', counts: { input: 1 } };
        await told;
        yield { type: 'text', text: (ANSWER.pieces ?? []).join('') };
        yield { type: 'end', stop: 'complete', counts: { output: 1 }, why: null };
      },
    },
  };
}

describe('a stream', () => {
  it.each(['close', 'keep-alive'])(
    'leaves the connection as its client wants it: %s',
    async (connection) => {
      const { url } = await serve(fakeProvider(ANSWER));
      const { headers, text } = await send(`${url}/v1/tools/answer_question`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', connection },
        body: '{"question":"How long?"}',
      });
      expect(headers.connection).toBe(connection);
      expect(text).toContain('event: done');
    },
  );

  it('tells proxies not to hold it back', async () => {
    const { url } = await serve(fakeProvider(ANSWER));
    const response = await ask(url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    await readEvents(bodyOf(response));
  });

  it('numbers its events from 1 under the id of the call', async () => {
    const { url, app } = await serve(fakeProvider(ANSWER));
    const events = await readEvents(bodyOf(await ask(url)));
    const [row] = (await app.ledger(OWNER).calls({ limit: 1 })).calls;
    expect(events.length).toBeGreaterThan(3);
    expect(events.map(({ id }) => id)).toEqual(
      events.map((_event, index) => `${String(row?.id)}:${String(index + 1)}`),
    );
  });

  it('begins with `call` and ends with the one terminal event', async () => {
    const { url } = await serve(fakeProvider(ANSWER));
    const names = (await readEvents(bodyOf(await ask(url)))).map(({ event }) => event);
    expect(names[0]).toBe('call');
    expect(names.at(-1)).toBe('done');
    expect(new Set(names.slice(1, -1))).toEqual(new Set(['delta']));
  });

  it('that breaks at every attempt begins anew each time, and has one terminal event too', async () => {
    const { url } = await serve(fakeProvider({ pieces: ['{"answer":"With'], cut: true }));
    const events = await readEvents(bodyOf(await ask(url)));
    // The first model twice, then the next one twice.
    expect(events.map(({ event }) => event)).toEqual([
      ...['call', 'delta', 'restart', 'delta', 'restart', 'delta', 'restart', 'delta', 'error'],
    ]);
    const reason = 'model_stream_broken';
    expect(events.filter(({ event }) => event === 'restart').map(({ data }) => data)).toEqual([
      { model: 'claude-sonnet-5-5', reason },
      { model: 'claude-haiku-5-5', reason },
      { model: 'claude-haiku-5-5', reason },
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      code: 'model_stream_broken',
      partial: { usable: true, text_chars: 4 },
    });
  });

  it('that breaks once has the whole answer behind its restart', async () => {
    const { url } = await serve(
      fakeProvider({ pieces: ['{"answer":"Up to a ye'], cut: true }, ANSWER),
    );
    const events = await readEvents(bodyOf(await ask(url)));
    const names = events.map(({ event }) => event);
    expect(names).toEqual(['call', 'delta', 'restart', 'delta', 'delta', 'done']);
    const text = events
      .slice(names.indexOf('restart'), -1)
      .map(({ data }) => (data as { text?: string }).text ?? '');
    expect(text.join('')).toBe('Within 30 days.');
    expect(events.at(-1)?.data).toMatchObject({
      output: { answer: 'Within 30 days.' },
      call: { served_by: 'model', degraded: false, attempts: [{ outcome: 'failed' }, {}] },
    });
  });

  it('that breaks before any text has nothing to restart', async () => {
    const { url } = await serve(fakeProvider({ pieces: ['{"ans'], cut: true }, ANSWER));
    const names = (await readEvents(bodyOf(await ask(url)))).map(({ event }) => event);
    expect(names).toEqual(['call', 'delta', 'delta', 'done']);
  });

  it('of a tool without a streaming field says how far it is', async () => {
    const { url } = await serve(
      fakeProvider({ pieces: ['{"label":"a","confi', 'dence":1,"reason":"b"}'] }),
    );
    const response = await fetch(`${url}/v1/tools/classify_text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ text: 'x', labels: [{ name: 'a' }, { name: 'b' }] }),
    });
    const events = await readEvents(bodyOf(response));
    expect(events.map(({ event }) => event)).toEqual(['call', 'progress', 'done']);
    expect(events[1]?.data).toEqual({ output_tokens: expect.any(Number) as number });
  });

  it('breaks every silence with a heartbeat, and beats no more once it has ended', async () => {
    const { provider, goOn } = silentModel();
    const { url } = await serve(provider, 10);
    const blocks: SseBlock[] = [];
    for await (const block of readBlocks(bodyOf(await ask(url)))) {
      blocks.push(block);
      if (blocks.filter((each) => !isEvent(each)).length === 4) goOn();
    }
    expect(blocks.find((each) => !isEvent(each))).toEqual({ comment: 'ka' });
    const last = blocks.at(-1);
    expect(last && isEvent(last) && last.event).toBe('done');
  });

  it('carries a text with line breaks and every script whole', async () => {
    const answer = 'Zeile 1\nZeile 2\r\n\n: 30 päivää, 30 日, 🙂 "quoted" \\ \u2028';
    const json = JSON.stringify({ answer, found: true, sources: [] });
    // Pieces of one unit each cut escapes and surrogate pairs in half.
    const { url } = await serve(fakeProvider({ pieces: json.split('') }));
    const events = await readEvents(bodyOf(await ask(url)));
    const text = events
      .filter(({ event }) => event === 'delta')
      .map(({ data }) => (data as { text: string }).text);
    expect(text.join('')).toBe(answer);
    expect(text.filter((piece) => /^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece))).toEqual([]);
    expect(events.at(-1)?.data).toMatchObject({ output: { answer } });
  });
});

describe('a call that asked for a stream', () => {
  it('is refused with a plain HTTP problem while nothing was sent', async () => {
    const { url } = await serve(fakeProvider(ANSWER));
    const response = await ask(url, { question: '' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.json()).toMatchObject({ code: 'invalid_input' });
  });

  it.each([
    ['text/event-stream, application/json', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['application/json, text/event-stream;q=0.5', 'application/json'],
    ['*/*', 'application/json'],
    ['text/*', 'text/event-stream'],
  ])('gets what "%s" likes best', async (accept, type) => {
    const { url } = await serve(fakeProvider(ANSWER));
    const response = await fetch(`${url}/v1/tools/answer_question`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: '{"question":"How long?"}',
    });
    expect(response.headers.get('content-type')).toContain(type);
    await response.text();
  });
});
