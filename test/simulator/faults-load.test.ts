import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/simulator/faults/catalogue.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { sized } from '../support/depth.ts';
import { ask, lastEntry, stream, waitFor } from './faults-support.ts';

let simulator: Simulator;
let warnings: Error[];
const warn = (warning: Error): void => {
  warnings.push(warning);
};

beforeEach(async () => {
  warnings = [];
  process.on('warning', warn);
  simulator = await startSimulator({ speed: Infinity, seed: 'load' });
});

afterEach(async () => {
  await simulator.close();
  process.off('warning', warn);
});

/** A request by hand, its body cut short; its head promises `length` bytes. */
async function sendHalf(length: number, half: string): Promise<Socket> {
  const socket = connect(simulator.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    [
      'POST /v1/messages HTTP/1.1',
      'host: 127.0.0.1',
      'x-api-key: k',
      'anthropic-version: 2026-10-21',
      `content-length: ${String(length)}`,
      '',
      half,
    ].join('\r\n'),
  );
  await waitFor(() => simulator.ledger().at(-1));
  return socket;
}

/** A small streaming request with that fault, over a connection of its own. */
function sendOne(fault: string): { closed: Promise<void>; leave: () => void } {
  const headers = { 'x-api-key': 'k', 'anthropic-version': '2026-10-21', 'x-sim-fault': fault };
  const options = { method: 'POST', headers, agent: false };
  const sending = request(`${simulator.url}/v1/messages`, options, (answer) => {
    answer.on('error', () => undefined).resume();
  });
  sending.on('error', () => undefined);
  const messages = [{ role: 'user', content: 'The sky is blue.\n\nWhat colour is the sky?' }];
  const model = 'claude-haiku-5-5';
  sending.end(JSON.stringify({ model, max_tokens: 100, stream: true, messages }));
  return {
    closed: new Promise((resolve) => sending.on('close', resolve)),
    leave: () => sending.destroy(),
  };
}

describe('a request body', () => {
  it('that is aborted half-way is an attempt of a client that left', async () => {
    const socket = await sendHalf(1000, '{"model":');
    socket.resetAndDestroy();
    expect(await lastEntry(simulator)).toMatchObject({
      ended: 'client_gone',
      status: 499,
      billed_nano_usd: 0,
    });
    expect((await ask(simulator)).status).toBe(200);
  });

  it('that comes in pieces is waited for', async () => {
    const body = JSON.stringify({
      model: 'claude-haiku-5-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'The sky is blue.\n\nWhat colour is the sky?' }],
    });
    const socket = await sendHalf(body.length, body.slice(0, 40));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    expect(simulator.ledger()[0]).toMatchObject({ ended: null });
    socket.write(body.slice(40));
    await waitFor(() => (answer.includes('end_turn') ? true : undefined));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  });
});

/** Each fault strikes several of them. */
const CROWD = sized(200, 500);

describe('many requests at once', () => {
  it(`${String(CROWD)} of them, with every fault there is, all end and leave nothing behind`, async () => {
    const names = FAULTS.map(({ name }) => name);
    const params: Record<string, string> = {
      'slow-headers': ';ms=20',
      'slow-first-token': ';ms=20',
      'slow-tokens': ';tokens_per_second=4000',
      'stall-silent': ';ms=20',
      'stall-with-pings': ';ms=20;ping_ms=5',
      'late-message-delta': ';ms=20',
    };
    const running = Array.from({ length: CROWD }, (_, index) => {
      const name = names[index % names.length] ?? '';
      return sendOne(`${name}${params[name] ?? ''}`);
    });
    const hanging = Math.floor(CROWD / names.length);
    await waitFor(() => {
      const entries = simulator.ledger();
      const open = entries.filter(({ ended }) => ended === null);
      const isRest = entries.length === CROWD && open.every(({ fault }) => fault === 'hang');
      return isRest ? true : undefined;
    });
    for (const { leave } of running) leave();
    await Promise.all(running.map(({ closed }) => closed));
    await waitFor(() => (simulator.ledger().every(({ ended }) => ended) ? true : undefined));
    const left = simulator.ledger().filter(({ ended }) => ended === 'client_gone');
    expect(left.length).toBeGreaterThanOrEqual(hanging);
    expect(left.every(({ fault }) => fault === 'hang')).toBe(true);
    expect(warnings).toEqual([]);
    expect((await ask(simulator)).status).toBe(200);
  });

  it('does not keep close() waiting for those that hang or stall', async () => {
    const other = await startSimulator({ speed: Infinity });
    const running = [
      stream(other, { fault: 'hang' }),
      stream(other, { fault: 'stall-silent' }),
      stream(other, { fault: 'stall-with-pings' }),
      stream(other, { fault: 'slow-headers;ms=600000' }),
      stream(other, { fault: 'slow-tokens;tokens_per_second=0.01' }),
    ];
    await waitFor(() => (other.ledger().length === running.length ? true : undefined));
    await other.close();
    await Promise.all(running);
    await waitFor(() => (other.ledger().every(({ ended }) => ended) ? true : undefined));
  });
});

describe('a client that does not read', () => {
  it('is known to have read no more than the system took from us', async () => {
    // Far more than the buffers of the system on both sides of the connection hold.
    const rooms = Array.from({ length: 20_000 }, (_, room) => `Room ${String(room)} is white.`);
    const content = `<text>${rooms.join(' ')}</text><instruction>tidy up</instruction>`;
    const body = JSON.stringify({
      model: 'claude-opus-5-5',
      max_tokens: 128_000,
      stream: true,
      messages: [{ role: 'user', content }],
    });
    simulator.faults.add({ fault: 'unknown-deltas' });
    const socket = await sendHalf(body.length, body);
    socket.pause();
    let before = '';
    await waitFor(() => {
      const [entry] = simulator.ledger();
      const now = JSON.stringify([entry?.delivered, entry?.read]);
      const isStuck = now === before && entry && entry.delivered.events > entry.read.events;
      before = now;
      return isStuck ? true : undefined;
    });
    socket.destroy();
    const entry = await lastEntry(simulator);
    expect(entry.ended).toBe('client_gone');
    expect(entry.read.events).toBeLessThan(entry.delivered.events);
    expect(entry.read.text_chars).toBeLessThan(entry.delivered.text_chars);
    expect(entry.read.text_chars).toBeGreaterThan(0);
  });
});
