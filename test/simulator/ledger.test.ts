import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { billNanoUsd } from '../../src/simulator/prices.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { buildUsage } from '../../src/simulator/usage.ts';
import { clientFor, fixture } from './support.ts';
import { waitFor } from './faults-support.ts';

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator(options);
  open.push(simulator);
  return simulator;
}

const SUMMARY = {
  model: 'claude-haiku-5-5',
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: `Tidy this up:\n\n${fixture('article.txt')}` }],
};

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const event of stream) expect(event).toBeDefined();
}

describe('the ledger', () => {
  it('bills a message by hand-computed list price, in whole nano-dollars', async () => {
    const simulator = await start({ speed: Infinity });
    const message = await clientFor(simulator).messages.create({
      ...SUMMARY,
      model: 'claude-opus-5-5',
    });
    const [entry] = simulator.ledger();
    const { input_tokens, output_tokens } = message.usage;
    expect(entry).toMatchObject({
      message_id: message.id,
      model: 'claude-opus-5-5',
      stream: false,
      status: 200,
      ended: 'complete',
      retry_count: 0,
      usage: { input_tokens, output_tokens },
      // 4 and 20 USD for a million tokens.
      billed_nano_usd: input_tokens * 4_000 + output_tokens * 20_000,
    });
  });

  it('is served as JSON with totals that add up', async () => {
    const simulator = await start({ speed: Infinity });
    const client = clientFor(simulator);
    await client.messages.create(SUMMARY);
    await drain(await client.messages.create({ ...SUMMARY, stream: true }));
    const response = await fetch(`${simulator.url}/_sim/ledger`);
    const { entries, totals } = (await response.json()) as {
      entries: ReturnType<Simulator['ledger']>;
      totals: { attempts: number; billed_nano_usd: number };
    };
    expect(entries).toEqual(simulator.ledger());
    expect(entries.map(({ stream }) => stream)).toEqual([false, true]);
    expect(totals.attempts).toBe(2);
    expect(totals.billed_nano_usd).toBe(entries.reduce((sum, e) => sum + e.billed_nano_usd, 0));
  });

  it('counts what was delivered', async () => {
    const simulator = await start({ speed: Infinity });
    let events = 0;
    let chars = 0;
    const stream = await clientFor(simulator).messages.create({ ...SUMMARY, stream: true });
    for await (const event of stream) {
      events += 1;
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        chars += event.delta.text.length;
      }
    }
    // The SDK swallows the ping.
    const all = { events: events + 1, text_chars: chars };
    expect(simulator.ledger()[0]).toMatchObject({ delivered: all, read: all, fault: null });
  });

  it('counts the text of an answer in one piece', async () => {
    const simulator = await start({ speed: Infinity });
    const { content } = await clientFor(simulator).messages.create(SUMMARY);
    const all = { events: 0, text_chars: content[0]?.type === 'text' && content[0].text.length };
    expect(simulator.ledger()[0]).toMatchObject({ delivered: all, read: all });
  });

  it('lists one attempt by its id, or those since a time, with the totals of what is listed', async () => {
    let clock = new Date('2026-01-02T03:00:00.000Z');
    const simulator = await start({ speed: Infinity, now: () => clock });
    const client = clientFor(simulator);
    const one = await client.messages.create(SUMMARY).withResponse();
    clock = new Date('2026-01-02T04:00:00.000Z');
    const two = await client.messages.create(SUMMARY).withResponse();
    const list = async (query: string) => {
      const response = await fetch(`${simulator.url}/_sim/ledger?${query}`);
      const { entries, totals } = (await response.json()) as {
        entries: { request_id: string }[];
        totals: { attempts: number };
      };
      expect(totals.attempts).toBe(entries.length);
      return entries.map(({ request_id }) => request_id);
    };
    expect(await list(`request_id=${String(one.request_id)}`)).toEqual([one.request_id]);
    expect(await list('since=2026-01-02T04:00:00Z')).toEqual([two.request_id]);
    expect(await list('since=2026-01-02T02:00:00Z')).toHaveLength(2);
    expect((await fetch(`${simulator.url}/_sim/ledger?since=noon`)).status).toBe(400);
  });

  it('is empty after DELETE', async () => {
    const simulator = await start({ speed: Infinity });
    await clientFor(simulator).messages.create(SUMMARY);
    const response = await fetch(`${simulator.url}/_sim/ledger`, { method: 'DELETE' });
    expect(await response.json()).toEqual({ removed: 1 });
    expect(simulator.ledger()).toEqual([]);
  });

  it('keeps refused attempts, unbilled, and the number of the retry', async () => {
    const simulator = await start({ speed: Infinity });
    await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': 'k',
        'x-stainless-retry-count': '2',
        'anthropic-version': '2026-10-21',
      },
      body: '{}',
    });
    await fetch(`${simulator.url}/v1/messages`, { method: 'POST', body: '{}' });
    expect(simulator.ledger()).toMatchObject([
      { status: 400, ended: 'error', usage: null, billed_nano_usd: 0, retry_count: 2 },
      { status: 401, ended: 'error', usage: null, billed_nano_usd: 0, retry_count: 0 },
    ]);
  });

  it('stamps its entries with the clock it was given', async () => {
    const now = () => new Date('2026-01-02T03:04:05.000Z');
    const simulator = await start({ speed: Infinity, now });
    await clientFor(simulator).messages.create(SUMMARY);
    expect(simulator.ledger()[0]?.started_at).toBe('2026-01-02T03:04:05.000Z');
  });
});

describe('a client that leaves', () => {
  it('stops the writing within a second and is billed for what was written', async () => {
    const simulator = await start({ speed: 4 });
    const client = clientFor(simulator);
    const whole = await client.messages.countTokens({
      model: SUMMARY.model,
      messages: SUMMARY.messages,
    });
    const stream = await client.messages.create({ ...SUMMARY, stream: true });
    let deltas = 0;
    for await (const event of stream) {
      if (event.type === 'content_block_delta') deltas += 1;
      if (deltas === 5) break;
    }
    const left = await waitFor(() => simulator.ledger().find(({ ended }) => ended !== null));
    expect(left).toMatchObject({ ended: 'client_gone', stream: true, status: 200 });
    expect(left.usage?.output_tokens).toBeGreaterThanOrEqual(5);
    expect(left.usage?.output_tokens).toBeLessThan(whole.input_tokens / 4);
    await setTimeout(300);
    expect(simulator.ledger()[0]).toEqual(left);
  });

  it('is noticed without a stream too', async () => {
    const simulator = await start({});
    const abort = new AbortController();
    const call = clientFor(simulator).messages.create(SUMMARY, { signal: abort.signal });
    const failed = expect(call).rejects.toThrow();
    await waitFor(() => (simulator.ledger()[0]?.usage?.output_tokens ? true : undefined));
    abort.abort();
    await failed;
    const left = await waitFor(() => simulator.ledger().find(({ ended }) => ended !== null));
    expect(left).toMatchObject({ ended: 'client_gone', status: 499 });
    expect(left.billed_nano_usd).toBeGreaterThan(0);
  });

  it('does not keep close() waiting', async () => {
    const simulator = await startSimulator({});
    const stream = await clientFor(simulator).messages.create({ ...SUMMARY, stream: true });
    const cut = expect(drain(stream)).rejects.toThrow();
    await simulator.close();
    await cut;
  });
});

describe('the pace', () => {
  it('takes its time like a model: a first pause, then a steady flow', async () => {
    const simulator = await start({ seed: 'pace' });
    const begin = performance.now();
    const stream = await clientFor(simulator).messages.create({
      ...SUMMARY,
      max_tokens: 40,
      stream: true,
    });
    let first = 0;
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && first === 0) first = performance.now() - begin;
    }
    const total = performance.now() - begin;
    expect(first).toBeGreaterThan(140);
    // 40 tokens at 60 to 90 a second; a busy machine may take longer, but never less.
    expect(total - first).toBeGreaterThan(300);
  });
});

describe('prices', () => {
  const today = new Date('2026-11-23');

  it('charge the whole request by the higher step once a Haiku prompt is over 100k', () => {
    const usage = { ...buildUsage(100_000), output_tokens: 10 };
    expect(billNanoUsd('claude-haiku-5-5', usage, today)).toBe(100_000 * 100 + 10 * 500);
    const long = { ...buildUsage(100_001), output_tokens: 10 };
    expect(billNanoUsd('claude-haiku-5-5', long, today)).toBe(100_001 * 500 + 10 * 2500);
  });

  it('know cache writes of both lives and reads, on the day they happen', () => {
    const usage = {
      ...buildUsage(100),
      output_tokens: 50,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      cache_read_input_tokens: 1000,
    };
    const rest = 100 * 2000 + 50 * 10_000 + 10 * 2500 + 20 * 4000;
    expect(billNanoUsd('claude-sonnet-5-5', usage, today)).toBe(rest + 1000 * 100);
    expect(billNanoUsd('claude-sonnet-5-5', usage, new Date('2026-10-06'))).toBe(rest + 1000 * 200);
  });

  it('exist for every model that is served', async () => {
    const simulator = await start({});
    const models = await clientFor(simulator).models.list();
    for (const { id } of models.data) {
      expect(billNanoUsd(id, { ...buildUsage(1), output_tokens: 1 }, today)).toBeGreaterThan(0);
    }
  });
});
