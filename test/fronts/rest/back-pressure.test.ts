import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Provider } from '../../../src/model/provider.ts';
import { answerQuestion } from '../../../tools/answer-question.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { OWNER } from '../../support/owner.ts';
import { eventually } from '../../support/eventually.ts';
import { WAIT_LIMIT_MS } from '../../support/limits.ts';

let testServer: TestServer | undefined;
afterEach(() => testServer?.close());

const PIECE = 'x'.repeat(64 * 1024);
/** More than any buffer between a model and a client holds. */
const FLOOD = 250;

/** A model that writes past what it was allowed is hung up on. */
const QUESTION = '{"question":"How long?","options":{"max_output_tokens":128000}}';

/** A model that writes as fast as it is read, and says how far it is. */
function floodingModel(): { provider: Provider; written: () => number; stopped: Promise<void> } {
  let written = 0;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  return {
    written: () => written,
    stopped,
    provider: {
      name: 'flood',
      async *stream(_request, { signal, onSent }) {
        try {
          onSent();
          yield { type: 'headers', requestId: 'req_flood', limits: {} };
          yield { type: 'start', counts: { input: 10 } };
          yield { type: 'text', text: '{"answer":"' };
          while (!signal.aborted && written < FLOOD) {
            written += 1;
            yield { type: 'text', text: PIECE };
            await new Promise((resolve) => setImmediate(resolve));
          }
          if (signal.aborted) return;
          yield { type: 'text', text: '","found":true,"sources":[]}' };
          yield { type: 'end', stop: 'complete', counts: { output: 10 }, why: null };
        } finally {
          stop();
        }
      },
    },
  };
}

/** Opens a stream and reads nothing of it. */
async function stall(url: string): Promise<{ client: ClientRequest; response: IncomingMessage }> {
  const client = request(`${url}/v1/tools/${answerQuestion.name}`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  client.on('error', () => undefined);
  client.end(QUESTION);
  const [response] = (await once(client, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return { client, response };
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

const connections = (server: TestServer['server']): Promise<number> =>
  new Promise((resolve, reject) => {
    server.server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

describe('a client that stops reading', () => {
  it('makes the model wait, and gets all of it when it reads on', async () => {
    const { provider, written } = floodingModel();
    testServer = await openTestServer({ provider });
    const { response } = await stall(testServer.url);
    const paused = await still(written);
    expect(paused).toBeLessThan(FLOOD);
    response.setEncoding('utf8');
    let text = '';
    response.on('data', (chunk: string) => (text += chunk));
    await once(response, 'end');
    expect(text.split('\nevent: delta\n')).toHaveLength(FLOOD + 1);
    expect(text.split('\nevent: done\n')).toHaveLength(2);
  });

  it('and then vanishes leaves nothing behind but its row', async () => {
    const { provider, written, stopped } = floodingModel();
    testServer = await openTestServer({ provider });
    const { client } = await stall(testServer.url);
    await still(written);
    client.destroy();
    await stopped;
    const { app, server } = testServer;
    await app.idle(WAIT_LIMIT_MS);
    const { calls } = await app.ledger(OWNER).calls({ limit: 5 });
    expect(calls).toMatchObject([
      { finish: 'cancelled', error_code: 'cancelled', usage: { input: 10, source: 'estimated' } },
    ]);
    expect(calls[0]?.usage.output).toBeGreaterThan(0);
    await eventually(async () => {
      expect(await connections(server)).toBe(0);
    });
  });

  it('meets its deadline all the same, and pays for what the model wrote', async () => {
    const { provider, written, stopped } = floodingModel();
    const hurried = {
      ...answerQuestion,
      name: 'answer_hurriedly',
      policy: { ...answerQuestion.policy, deadlineMs: 900 },
    };
    testServer = await openTestServer({ provider, tools: [hurried] });
    const client = request(`${testServer.url}/v1/tools/${hurried.name}`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    client.on('error', () => undefined);
    client.end(QUESTION);
    await once(client, 'response');
    await still(written);
    await stopped;
    await testServer.app.idle(WAIT_LIMIT_MS);
    const { calls } = await testServer.app.ledger(OWNER).calls({ limit: 5 });
    expect(calls).toMatchObject([
      {
        error_code: 'deadline_exceeded',
        attempts: [{ outcome: 'deadline' }],
        usage: { input: 10, source: 'estimated' },
      },
    ]);
    expect(calls[0]?.cost_usd).toBeGreaterThan(0);
    client.destroy();
  });
});
