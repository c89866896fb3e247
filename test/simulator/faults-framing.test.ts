import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { ask, billOf, lastEntry, stream } from './faults-support.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'framing' });
});

afterAll(() => simulator.close());

async function body(fault: string): Promise<string> {
  return (await ask(simulator, { stream: true }, { 'x-sim-fault': fault })).text();
}

describe('framing', () => {
  it('crlf has no line that ends with LF alone', async () => {
    const text = await body('crlf');
    expect(text).toContain('event: message_stop\r\n');
    expect(text).not.toMatch(/[^\r]\n/);
  });

  it('comments come between events and inside them', async () => {
    const text = await body('comments');
    expect(text).toMatch(/^: keep-alive$/m);
    expect(text).toMatch(/^event: message_stop\n: inside\ndata: /m);
  });

  it('unknown-events have a name of their own', async () => {
    expect(await body('unknown-events')).toMatch(/^event: hologram_update$/m);
  });

  it('unknown-deltas are deltas of the block at hand', async () => {
    expect(await body('unknown-deltas')).toContain(
      '{"type":"content_block_delta","index":0,"delta":{"type":"hologram_delta"',
    );
  });

  it('nameless-pings are data alone', async () => {
    expect(await body('nameless-pings')).toMatch(/\n\ndata: \{"type":"ping"\}\n\n/);
  });

  it('utf8-split cuts characters, not the text', async () => {
    const text = 'Die Fähre nach 東京 fährt um 9 Uhr ab und kostet 12 €. '.repeat(4).trim();
    const content = `<text>${text}</text><instruction>tidy up</instruction>`;
    const chunks = await chunksOf({ messages: [{ role: 'user', content }] }, 'utf8-split');
    const strict = new TextDecoder('utf-8', { fatal: true });
    const broken = chunks.filter((chunk) => {
      try {
        strict.decode(chunk);
        return false;
      } catch {
        return true;
      }
    });
    expect(broken.length).toBeGreaterThan(10);
    const whole = strict.decode(Buffer.concat(chunks));
    const deltas = [...whole.matchAll(/"text_delta","text":("(?:[^"\\]|\\.)*")/g)];
    expect(deltas.map(([, json = '""']) => JSON.parse(json) as string).join('')).toBe(text);
  });

  it('malformed-json is a bare SyntaxError at the nth delta', async () => {
    const seen = await stream(simulator, { fault: 'malformed-json;at_delta=3' });
    expect(seen.error).toBeInstanceOf(SyntaxError);
    expect(seen.deltas).toBe(2);
    const entry = await lastEntry(simulator);
    expect(entry.fault).toBe('malformed-json');
    expect(entry.billed_nano_usd).toBe(billOf(entry));
  });

  it('nameless-events look to the SDK like a stream that just ends', async () => {
    const seen = await stream(simulator, { fault: 'nameless-events;at_delta=3' });
    expect(seen).toMatchObject({ error: null, deltas: 2, stopReason: null });
    expect(seen.types).not.toContain('message_stop');
    const entry = await lastEntry(simulator);
    expect(entry).toMatchObject({ fault: 'nameless-events', ended: 'complete' });
    expect(entry.billed_nano_usd).toBe(billOf(entry));
  });
});

/** The body in the chunks it was written in, which `fetch` may join. */
function chunksOf(body: object, fault: string): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2026-10-21', 'x-sim-fault': fault };
    const sending = request(
      `${simulator.url}/v1/messages`,
      { method: 'POST', headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          resolve(chunks);
        });
      },
    );
    sending.on('error', reject);
    const model = 'claude-haiku-5-5';
    sending.end(JSON.stringify({ model, max_tokens: 2000, stream: true, ...body }));
  });
}
