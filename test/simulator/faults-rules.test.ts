import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/simulator/faults/catalogue.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { SUMMARY, ask } from './faults-support.ts';
import { clientFor } from './support.ts';

const open: Simulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ speed: Infinity, ...options });
  open.push(simulator);
  return simulator;
}

/** One small request; what matters is its status. */
async function statusOf(simulator: Simulator, body: object = {}): Promise<number> {
  const messages = [{ role: 'user', content: 'The sky is blue.\n\nWhat colour is the sky?' }];
  const response = await ask(simulator, { messages, ...body });
  await response.arrayBuffer();
  return response.status;
}

async function statusesOf(simulator: Simulator, count: number, body = {}): Promise<number[]> {
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent += 1) statuses.push(await statusOf(simulator, body));
  return statuses;
}

async function admin(
  simulator: Simulator,
  method: string,
  { body, path = '' }: { body?: unknown; path?: string } = {},
) {
  const response = await fetch(`${simulator.url}/_sim/faults${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, json };
}

describe('the catalogue', () => {
  it('has a stable name, a sentence and valid defaults for every fault', () => {
    const names = FAULTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description, params } of FAULTS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(description).toMatch(/^[A-Za-z0-9].*\.$/);
      for (const { default: usual, min, max } of Object.values(params)) {
        expect(usual).toBeGreaterThanOrEqual(min);
        expect(usual).toBeLessThanOrEqual(max);
      }
    }
  });

  it('builds the effects of every fault from its defaults', () => {
    const context = { now: new Date(), requestId: 'req_1' };
    for (const fault of FAULTS) {
      const made = fault.effects((name) => fault.params[name]?.default ?? NaN, context);
      expect(Object.keys(made).length).toBeGreaterThan(0);
    }
  });
});

describe('a rule', () => {
  it('without conditions strikes every request', async () => {
    const simulator = await start({ faults: { fault: 'overloaded-529' } });
    expect(await statusesOf(simulator, 3)).toEqual([529, 529, 529]);
    expect(simulator.faults.list()).toMatchObject([{ fault: 'overloaded-529', seen: 3, hits: 3 }]);
    expect(simulator.ledger().map(({ fault }) => fault)).toEqual(Array(3).fill('overloaded-529'));
  });

  it('with a model is the outage of that model alone', async () => {
    const simulator = await start({
      faults: { fault: 'overloaded-529', model: 'claude-opus-5-5' },
    });
    expect(await statusOf(simulator, { model: 'claude-opus-5-5' })).toBe(529);
    expect(await statusOf(simulator, { model: 'claude-sonnet-5-5' })).toBe(200);
  });

  it('with a text looks into the system prompt and the messages', async () => {
    const simulator = await start({ faults: { fault: 'api-error-500', contains: 'xyzzy' } });
    const parts = [{ type: 'text', text: 'say xyzzy' }];
    expect(await statusOf(simulator)).toBe(200);
    expect(await statusOf(simulator, { system: 'Never say xyzzy.' })).toBe(500);
    expect(await statusOf(simulator, { messages: [{ role: 'user', content: parts }] })).toBe(500);
  });

  it('with nth strikes once', async () => {
    const simulator = await start({ faults: { fault: 'api-error-500', nth: 2 } });
    expect(await statusesOf(simulator, 4)).toEqual([200, 500, 200, 200]);
    expect(simulator.faults.list()).toMatchObject([{ seen: 4, hits: 1 }]);
  });

  it('with first strikes the first ones', async () => {
    const simulator = await start({ faults: { fault: 'unavailable-503', first: 2 } });
    expect(await statusesOf(simulator, 4)).toEqual([503, 503, 200, 200]);
  });

  it('with a probability strikes the same requests for the same seed', async () => {
    const rule = { fault: 'api-error-500', probability: 0.5, seed: 7 };
    const run = async (seed: number) => statusesOf(await start({ faults: { ...rule, seed } }), 24);
    const one = await run(7);
    expect(await run(7)).toEqual(one);
    expect(await run(8)).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([200, 500]));
  });

  it('with probability 0 never strikes, with 1 always', async () => {
    const never = await start({ faults: { fault: 'api-error-500', probability: 0 } });
    const always = await start({ faults: { fault: 'api-error-500', probability: 1 } });
    expect(await statusesOf(never, 5)).toEqual(Array(5).fill(200));
    expect(await statusesOf(always, 5)).toEqual(Array(5).fill(500));
  });

  it.each([
    ['ISO times', '2026-11-23T10:01:00Z', '2026-11-23T10:02:00Z'],
    ['milliseconds since the start', 60_000, 120_000],
  ])('with from and until as %s goes by the clock of the simulator', async (_, from, until) => {
    let clock = new Date('2026-11-23T10:00:00Z');
    const simulator = await start({
      now: () => clock,
      faults: { fault: 'overloaded-529', from, until },
    });
    const at = async (time: string) => {
      clock = new Date(`2026-11-23T${time}Z`);
      return statusOf(simulator);
    };
    expect(await at('10:00:59.999')).toBe(200);
    expect(await at('10:01:00.000')).toBe(529);
    expect(await at('10:01:59.999')).toBe(529);
    expect(await at('10:02:00.000')).toBe(200);
  });

  it('uses the parameters it was given', async () => {
    const params = { retry_after: 9 };
    const simulator = await start({ faults: { fault: 'rate-limit-429', params } });
    expect((await ask(simulator)).headers.get('retry-after')).toBe('9');
  });

  it('for streams passes over a request without one', async () => {
    const simulator = await start({ faults: { fault: 'cut-before-message-stop' } });
    expect(await statusOf(simulator)).toBe(200);
    expect(simulator.faults.list()).toMatchObject([{ seen: 0 }]);
    expect(simulator.ledger()[0]).toMatchObject({ fault: null, ended: 'complete' });
  });

  it('that comes first wins, and those behind it do not count the request', async () => {
    const simulator = await start({
      faults: [{ fault: 'api-error-500', first: 1 }, { fault: 'unavailable-503' }],
    });
    expect(await statusesOf(simulator, 3)).toEqual([500, 503, 503]);
    expect(simulator.faults.list()).toMatchObject([
      { seen: 3, hits: 1 },
      { seen: 2, hits: 2 },
    ]);
  });

  it('strikes a request that is invalid as well', async () => {
    const simulator = await start({ faults: { fault: 'overloaded-529' } });
    expect(await statusOf(simulator, { max_tokens: 'many' })).toBe(529);
  });
});

describe('a client that retries', () => {
  it.each([
    ['rate-limit-429-ms', 2],
    ['retryable-400', 2],
    ['final-500', 1],
    ['invalid-request-400', 1],
  ])('after %s makes %d attempts, each with its number in the ledger', async (fault, attempts) => {
    const simulator = await start({ faults: { fault, first: 1 } });
    const client = clientFor(simulator).withOptions({ maxRetries: 1 });
    await client.messages.create(SUMMARY).catch(() => undefined);
    const seen = simulator.ledger().map((entry) => [entry.fault, entry.retry_count]);
    expect(seen).toEqual(
      [
        [fault, 0],
        [null, 1],
      ].slice(0, attempts),
    );
  });
});

describe('the header', () => {
  it('goes before the rules, which do not count the request', async () => {
    const simulator = await start({ faults: { fault: 'overloaded-529' } });
    const response = await ask(simulator, {}, { 'x-sim-fault': 'timeout-504' });
    expect(response.status).toBe(504);
    expect(simulator.faults.list()).toMatchObject([{ seen: 0 }]);
  });

  it.each([
    ['no-such-fault', /'no-such-fault' is not a fault; allowed: invalid-request-400, /],
    ['reset-mid-stream;at=3', /x-sim-fault\.at: Unknown key; allowed: at_delta/],
    ['hang;ms=3', /x-sim-fault\.ms: Unknown key; allowed: none/],
    ['slow-headers;ms=soon', /x-sim-fault\.ms: Input should be a number from 0 to/],
    ['slow-headers;ms', /x-sim-fault\.ms: Input should be a number from 0 to/],
    ['reset-mid-stream', /'reset-mid-stream' happens inside a stream/],
  ])('%s on an answer in one piece is 400 and says why', async (header, message) => {
    const simulator = await start();
    const response = await ask(simulator, {}, { 'x-sim-fault': header });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toMatch(message);
    expect(simulator.ledger()[0]).toMatchObject({ fault: null, status: 400, billed_nano_usd: 0 });
  });
});

describe('/_sim/faults', () => {
  it('adds, lists with the catalogue, removes one and clears', async () => {
    const simulator = await start();
    const one = await admin(simulator, 'POST', {
      body: { id: 'outage', fault: 'overloaded-529' },
    });
    expect(one).toMatchObject({ status: 200, json: { rules: [{ id: 'outage', hits: 0 }] } });
    const more = [{ fault: 'hang', nth: 5 }, { fault: 'stall-silent' }];
    await admin(simulator, 'POST', { body: more });
    expect(await statusOf(simulator)).toBe(529);
    const { json } = await admin(simulator, 'GET');
    expect(json).toMatchObject({
      rules: [
        { id: 'outage', hits: 1 },
        { fault: 'hang', nth: 5 },
        { fault: 'stall-silent', params: { at_delta: 3, ms: 600_000 } },
      ],
    });
    const catalogue = json['catalogue'] as { name: string; harmless: boolean; params: object }[];
    expect(catalogue).toHaveLength(FAULTS.length);
    expect(catalogue[0]).toMatchObject({ name: 'invalid-request-400', harmless: false });
    const removed = await admin(simulator, 'DELETE', { path: '/outage' });
    expect(removed).toEqual({ status: 200, json: { removed: 1 } });
    expect((await admin(simulator, 'DELETE', { path: '/outage' })).status).toBe(404);
    expect((await admin(simulator, 'DELETE')).json).toEqual({ removed: 2 });
    expect(await statusOf(simulator)).toBe(200);
  });

  it.each([
    [{ fault: 'nope' }, /^rule\.fault: Input should be one of invalid-request-400, /],
    [{}, /^rule\.fault: /],
    [3, /^rule: Input should be an object/],
    [[{ fault: 'hang' }, { fault: 'hang', nht: 1 }], /^rules\.1\.nht: Unknown key; allowed: id, /],
    [{ fault: 'hang', nth: 0 }, /^rule\.nth: Input should be a whole number from 1/],
    [{ fault: 'hang', first: 1.5 }, /^rule\.first: /],
    [{ fault: 'hang', model: 'gpt' }, /^rule\.model: Input should be a model of \/v1\/models/],
    [{ fault: 'hang', contains: '' }, /^rule\.contains: /],
    [{ fault: 'hang', probability: 2 }, /^rule\.probability: Input should be a number from 0 to 1/],
    [{ fault: 'hang', from: 'noon' }, /^rule\.from: Input should be an ISO time/],
    [{ fault: 'hang', seed: null }, /^rule\.seed: /],
    [{ fault: 'hang', id: 'a b' }, /^rule\.id: /],
    [{ fault: 'hang', params: 3 }, /^rule\.params: Input should be an object/],
    [
      { fault: 'reset-mid-stream', params: { at: 3 } },
      /^rule\.params\.at: Unknown key; allowed: at_delta/,
    ],
    [
      { fault: 'reset-mid-stream', params: { at_delta: -1 } },
      /^rule\.params\.at_delta: Input should be a number from 0/,
    ],
    [
      [
        { fault: 'hang', id: 'x' },
        { fault: 'hang', id: 'x' },
      ],
      /^id: 'x' is taken/,
    ],
  ])('answers 400 to %j and adds nothing', async (rules, message) => {
    const simulator = await start();
    const { status, json } = await admin(simulator, 'POST', { body: rules });
    expect(status).toBe(400);
    expect((json['error'] as { message: string }).message).toMatch(message);
    expect(simulator.faults.list()).toEqual([]);
  });
});

describe('simulator.faults', () => {
  it('adds, lists and clears', async () => {
    const simulator = await start();
    simulator.faults.add({ fault: 'overloaded-529' });
    simulator.faults.add([{ fault: 'hang' }]);
    expect(simulator.faults.list().map(({ fault }) => fault)).toEqual(['overloaded-529', 'hang']);
    expect(await statusOf(simulator)).toBe(529);
    expect(simulator.faults.clear()).toBe(2);
    expect(await statusOf(simulator)).toBe(200);
  });

  it('throws on a wrong rule, and so does the option', async () => {
    const simulator = await start();
    expect(() => simulator.faults.add({ fault: 'nope' })).toThrow(/^rule\.fault/);
    await expect(startSimulator({ faults: { fault: 'nope' } })).rejects.toThrow(/^rule\.fault/);
  });
});
