import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { buildApp, type App } from '../../src/app/app.ts';
import { tools } from '../../tools/index.ts';
import { withBudgets } from '../support/budgets.ts';
import { OWNER } from '../support/owner.ts';
import { invoke, silentLog, testConfig } from '../support/test-app.ts';

const LIMIT_USD = 0.3;
const CALLS = 40;
const NANO = 1e9;
const labels = [{ name: 'refund' }, { name: 'delivery' }];

/** Tabs of which 16 are one token to nearly everybody, and to this provider each is one. */
const input = (n: number) => ({
  text: `Parcel ${String(n)}${'\t'.repeat(40_000)}has not arrived.`,
  labels,
  options: { quality: 'best', max_output_tokens: 64 },
});

let simulator: Simulator;
let app: App;
beforeEach(async () => {
  simulator = await startSimulator({ speed: 100, seed: 'bytes' });
  simulator.faults.add([{ fault: 'undercounted-input', params: { factor: 1, bytes: 1 } }]);
});
afterEach(async () => {
  await app.close();
  await simulator.close();
});

const open = (overrun: 'cut' | 'finish'): void => {
  const env = { ANTHROPIC_BASE_URL: simulator.url, ANTHROPIC_API_KEY: 'key-of-a-test' };
  const budgets = withBudgets({ all: { limit: LIMIT_USD, overrun } });
  const config = { ...testConfig(env), ...budgets, model_concurrency: CALLS };
  app = buildApp(config, { tools, log: silentLog });
};

const billedUsd = (): number =>
  simulator.ledger().reduce((sum, { billed_nano_usd: nanoUsd }) => sum + nanoUsd, 0) / NANO;

const mayPassUsd = async (): Promise<number> => {
  const [state] = await app.budgets.states({ principal: OWNER, labels: OWNER.labels, tool: null });
  return state?.may_pass ?? 0;
};

/**
 * So many calls at once, again and again until nobody gets in any more.
 * @returns by how much the budget said, at any moment, that its limit may be passed
 */
async function crowd(): Promise<number> {
  let stated = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      stated = Math.max(stated, await mayPassUsd());
      await setImmediate();
    }
  };
  const watching = watch();
  for (let got = 1; got > 0;) {
    const calls = Array.from({ length: CALLS }, (_, n) => invoke(app, 'classify_text', input(n)));
    got = (await Promise.all(calls)).filter(({ ok }) => ok).length;
  }
  isOver = true;
  await watching;
  return stated;
}

describe('forty calls at once at a provider that counts a token a byte', () => {
  it('take no more than the budget has where answers are cut', async () => {
    open('cut');
    expect(await crowd()).toBe(0);
    expect(billedUsd()).toBeLessThanOrEqual(LIMIT_USD);
    expect(billedUsd()).toBeGreaterThan(0.1);
    const { total } = await app.ledger(OWNER).usage({ group_by: 'tool' });
    expect(total.cost_usd).toBeCloseTo(billedUsd(), 9);
  });

  it('pass it by no more than was said where answers may finish, which is what one call may', async () => {
    open('finish');
    const stated = await crowd();
    const asked = { toolName: 'classify_text', input: input(1), principal: OWNER };
    const plan = await app.planFor({ ...asked, labels: OWNER.labels });
    const { worstNanoUsd } = plan.estimate();
    expect(billedUsd()).toBeGreaterThan(LIMIT_USD);
    expect(billedUsd()).toBeLessThanOrEqual(LIMIT_USD + stated);
    expect(stated).toBeLessThanOrEqual(worstNanoUsd / NANO);
  });
});
