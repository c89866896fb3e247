import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildApp, type App } from '../../src/app/app.ts';
import { NO_USAGE, promptTokens } from '../../src/core/call/usage.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { tools } from '../../tools/index.ts';
import { OWNER } from '../support/owner.ts';
import { invoke, silentLog, testConfig } from '../support/test-app.ts';

const INPUT = { question: 'When does the pool open?' };

/** The most tokens that the prompt can have, as far as this process knows. */
async function boundBy(app: App): Promise<number> {
  const asked = { toolName: 'answer_question', input: INPUT, principal: OWNER };
  return (await app.planFor({ ...asked, labels: OWNER.labels })).estimate().mostInputTokens;
}

it('what a provider counted for the handbook bounds it, also in a later process on the same ledger', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bound-'));
  const simulator = await startSimulator({ speed: 100, seed: 'bound' });
  const env = {
    ANTHROPIC_BASE_URL: simulator.url,
    ANTHROPIC_API_KEY: 'key-of-a-test',
    TOLLGATE_DB: `sqlite:${join(folder, 'ledger.db')}`,
  };
  const start = (): App => buildApp(testConfig(env), { tools, log: silentLog });
  const first = start();
  const byBytes = await boundBy(first);
  const { call } = await invoke(first, 'answer_question', INPUT);
  const counted = promptTokens(call.meta.attempts[0]?.usage ?? NO_USAGE);
  const proven = await boundBy(first);
  await first.close();
  const second = start();
  const kept = await boundBy(second);
  await second.close();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
  expect(proven).toBeGreaterThan(counted);
  expect(proven).toBeLessThan(counted + 1_000);
  expect(proven).toBeLessThan(byBytes / 2);
  expect(kept).toBe(proven);
});
