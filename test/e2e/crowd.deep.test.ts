import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UsageReport } from '../../schemas/tools/get-usage.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { expectSameLedgers } from '../support/agreement.ts';
import { CONNECT, type Called, type CallTool } from '../support/fronts.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { send } from '../support/raw-http.ts';
import { OWNER } from '../support/owner.ts';

const CALLS = 100;

/** Answers of models, of functions, and mistakes: each front gets each kind. */
const KINDS: { tool: string; input: object; ok: boolean }[] = [
  { tool: 'answer_question', input: { question: 'How do I get my money back?' }, ok: true },
  {
    tool: 'classify_text',
    input: { text: 'Late', labels: [{ name: 'a' }, { name: 'b' }] },
    ok: true,
  },
  { tool: 'rewrite_text', input: { text: 'hey you', instruction: 'Make it formal' }, ok: true },
  { tool: 'get_budget', input: {}, ok: true },
  { tool: 'answer_question', input: { question: '' }, ok: false },
];

describe(`${String(CALLS)} calls at once, of every kind over every HTTP front`, () => {
  let simulator: Simulator;
  let server: TestServer;
  let fronts: { call: CallTool; close?: () => Promise<void> }[];
  let ended: { called: Called; ok: boolean }[];

  beforeAll(async () => {
    simulator = await startSimulator({ speed: Infinity });
    server = await openTestServer({ modelUrl: simulator.url });
    fronts = await Promise.all(Object.values(CONNECT).map((connect) => connect(server.url)));
    ended = await Promise.all(
      Array.from({ length: CALLS }, async (_value, index) => {
        const front = fronts[index % fronts.length];
        const kind = KINDS[Math.floor(index / fronts.length) % KINDS.length];
        if (!front || !kind) throw new Error('nothing to call');
        return { called: await front.call(kind.tool, kind.input), ok: kind.ok };
      }),
    );
  });
  afterAll(async () => {
    for (const { close } of fronts) await close?.();
    await server.close();
    await simulator.close();
  });

  it('each gets its own answer', () => {
    expect(ended.map(({ called }) => called.ok)).toEqual(ended.map(({ ok }) => ok));
  });

  it('each leaves one row, and the two books agree', async () => {
    const { calls } = await server.app.ledger(OWNER).calls({ limit: 2 * CALLS });
    expect(calls).toHaveLength(CALLS);
    const ids = ended.map(({ called }) => called.call?.id ?? called.problem?.call_id);
    expect(calls.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(simulator.ledger()).toHaveLength((CALLS * 3) / KINDS.length);
    expectSameLedgers(calls, simulator.ledger());
  });

  it('the sums are those of the provider, whatever they are grouped by', async () => {
    const entries = simulator.ledger();
    const nanoUsd = entries.reduce((sum, { billed_nano_usd }) => sum + billed_nano_usd, 0);
    for (const groupBy of ['tool', 'model', 'prompt', 'principal', 'day']) {
      const answer = await send(`${server.url}/v1/usage?group_by=${groupBy}`);
      const { rows, total } = answer.json() as UsageReport;
      expect(Math.round(total.cost_usd * 1e9)).toBe(nanoUsd);
      expect(rows.reduce((sum, row) => sum + Math.round(row.cost_usd * 1e9), 0)).toBe(nanoUsd);
      expect(total).toMatchObject({ calls: CALLS, failed: CALLS / KINDS.length });
    }
  });
});
