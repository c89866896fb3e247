import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  startSimulator,
  type Simulator,
  type SimulatorLedgerEntry,
} from '../../src/simulator/server.ts';
import type { WireCallMeta } from '../../schemas/wire/call.ts';
import { FRONTS, type OpenFront } from '../support/fronts.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { OWNER } from '../support/owner.ts';
import { CLOCK_ENV } from '../support/clock-env.ts';
import { eventually } from '../support/eventually.ts';

const INPUT = { text: readFileSync('test/fixtures/long-report.md', 'utf8'), max_words: 400 };

/** Stands still in the middle of its answer until its caller leaves, however slow the caller is. */
let simulator: Simulator;
beforeEach(async () => {
  const faults = { fault: 'stall-with-pings', params: { at_delta: 30, ping_ms: 50 } };
  simulator = await startSimulator({ speed: 10, faults });
});
afterEach(() => simulator.close());

const entry = (): SimulatorLedgerEntry | undefined => simulator.ledger()[0];

const modelHasWritten = (): Promise<void> =>
  eventually(() => {
    expect(entry()?.delivered.text_chars).toBeGreaterThan(40);
  });

/** The upstream request ended because the caller left, and no other was made. */
async function expectUpstreamStopped(): Promise<void> {
  await eventually(() => {
    expect(entry()?.ended).toBe('client_gone');
  });
  expect(simulator.ledger()).toHaveLength(1);
}

/** One row, which bills what was really used as well as anybody outside the provider can know. */
async function expectOneCancelledRow(rows: () => Promise<WireCallMeta[]>): Promise<void> {
  await eventually(async () => {
    expect(await rows()).toHaveLength(1);
  });
  const [row] = await rows();
  expect(row).toMatchObject({
    finish: 'cancelled',
    error_code: 'cancelled',
    served_by: 'none',
    usage: { source: 'estimated', input: entry()?.usage?.input_tokens },
    attempts: [{ outcome: 'cancelled', request_id: entry()?.request_id }],
  });
  const really = entry()?.usage?.output_tokens ?? 0;
  expect(row?.usage.output).toBeGreaterThan(really * 0.4);
  expect(row?.usage.output).toBeLessThan(really * 2 + 20);
}

describe.each(FRONTS)('a caller who goes away over $name', ({ open }) => {
  let front: OpenFront;
  beforeEach(async () => {
    front = await open({ modelUrl: simulator.url });
  });
  afterEach(() => front.close());

  it('stops the model and leaves one row', async () => {
    const controller = new AbortController();
    const called = front.call('summarize_text', INPUT, { signal: controller.signal });
    await modelHasWritten();
    controller.abort();
    await expect(called).rejects.toThrow();
    await expectUpstreamStopped();
    await expectOneCancelledRow(() => front.rows());
  });
});

describe('a client that is gone at once', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServer({ modelUrl: simulator.url });
  });
  afterEach(() => server.close());
  const rows = async () => (await server.app.ledger(OWNER).calls({ limit: 5 })).calls;

  it('by its socket, stops the model and leaves one row', async () => {
    const client = request(`${server.url}/v1/tools/summarize_text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    client.on('error', () => undefined);
    client.end(JSON.stringify(INPUT));
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    response.on('error', () => undefined).resume();
    await modelHasWritten();
    client.destroy();
    await expectUpstreamStopped();
    await expectOneCancelledRow(rows);
  });

  it('by kill -9, stops the model and leaves one row', async () => {
    const program = `
      const response = await fetch(process.argv[1], {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: process.argv[2],
      });
      for await (const chunk of response.body) process.stdout.write(chunk);
    `;
    const url = `${server.url}/v1/tools/summarize_text`;
    const args = ['--input-type=module', '-e', program, url, JSON.stringify(INPUT)];
    const curl = spawn(process.execPath, args, {
      env: CLOCK_ENV,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(curl, 'exit');
    let heard = '';
    curl.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text));
    await modelHasWritten();
    await eventually(() => {
      expect(heard).toContain('event: delta');
    });
    curl.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
    await expectUpstreamStopped();
    await expectOneCancelledRow(rows);
    expect(heard).not.toContain('event: done');
  });
});

describe('a stream that nobody leaves', () => {
  let fast: Simulator;
  let server: TestServer;
  beforeAll(async () => {
    fast = await startSimulator({ speed: Infinity });
    server = await openTestServer({ modelUrl: fast.url });
  });
  afterAll(async () => {
    await server.close();
    await fast.close();
  });

  it('is complete in both books, also when its client closes right after the end', async () => {
    const response = await fetch(`${server.url}/v1/tools/summarize_text`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        connection: 'close',
      },
      body: JSON.stringify(INPUT),
    });
    expect(await response.text()).toContain('event: done');
    expect(fast.ledger()).toMatchObject([{ ended: 'complete' }]);
    const { calls } = await server.app.ledger(OWNER).calls({ limit: 5 });
    expect(calls).toMatchObject([{ finish: 'complete', usage: { source: 'provider' } }]);
  });
});
