import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { startServe, type Serving } from '../support/command.ts';
import { overRest, tempFolder } from '../support/fronts.ts';
import { eventually } from '../support/eventually.ts';

const LEASE_MS = 1_000;
const INPUT = { question: 'How do I get my money back?' };

let folder: ReturnType<typeof tempFolder>;
let simulator: Simulator;
beforeEach(async () => {
  folder = tempFolder();
  // The calls that are killed stand still in the middle, however long the kill takes.
  const faults = { fault: 'stall-with-pings', params: { at_delta: 3 }, first: 2 };
  simulator = await startSimulator({ speed: 10, seed: 'kill', faults });
  const settings = {
    hold_lease_ms: LEASE_MS,
    local_daily_usd: null,
    budgets: { everybody: { scope: 'all', unit: 'usd', window: 'month', limit: 1 } },
  };
  // JSON is YAML.
  writeFileSync(join(folder.path, 'tollgate.yaml'), JSON.stringify(settings));
});
afterEach(async () => {
  // Also where the test failed on its way to the end.
  for (const { child, exited } of servers.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  await simulator.close();
  folder.remove();
});

const servers: Serving[] = [];

async function serve(): Promise<Serving> {
  const gate = await startServe({
    cwd: folder.path,
    env: {
      ANTHROPIC_BASE_URL: simulator.url,
      ANTHROPIC_API_KEY: 'key-of-a-test',
      // Two calls that are alike would be one journey.
      TOLLGATE_CACHE: 'off',
    },
  });
  servers.push(gate);
  return gate;
}

const untilAsked = (times: number): Promise<void> =>
  eventually(() => {
    expect(simulator.ledger()).toHaveLength(times);
  });

describe('a server that is killed in the middle of calls', () => {
  it('leaves holds, which the next one settles at their worst, each with its row', async () => {
    const first = await serve();
    const calls = [1, 2].map(() => overRest(first.url)('answer_question', INPUT));
    const gone = Promise.allSettled(calls);
    await untilAsked(2);
    first.child.kill('SIGKILL');
    await gone;

    const second = await serve();
    const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
    const rows = await eventually(async () => {
      const found = await store.ledger.list({ limit: 10 }, null);
      expect(found).toHaveLength(2);
      return found;
    });
    expect(rows).toMatchObject(
      Array.from({ length: 2 }, () => ({
        finish: 'error',
        error_code: 'process_lost',
        tool: 'answer_question',
        prompt: { id: 'faq' },
        usage: { source: 'estimated' },
        attempts: [{ outcome: 'lost', reached: 'unknown' }],
      })),
    );
    const billed = simulator.ledger().reduce((sum, { billed_nano_usd: each }) => sum + each, 0);
    const charged = rows.reduce((sum, { cost_usd: cost }) => sum + cost, 0);
    expect(charged).toBeGreaterThanOrEqual(billed / 1e9);

    const { ok, call } = await overRest(second.url)('answer_question', INPUT);
    expect(ok).toBe(true);
    expect(call?.budget?.limits).toMatchObject([{ budget: 'everybody', held: 0 }]);
    expect(call?.budget?.limits[0]?.used).toBeCloseTo(charged + (call?.cost_usd ?? 0), 9);
    await store.close();
  });
});
