import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tools } from '../../../tools/index.ts';
import { buildApp } from '../../../src/app/app.ts';
import { readConfig } from '../../../src/config/read.ts';
import type { Verification } from '../../../src/stores/ports/store.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { spent } from '../../stores/cases/spending.ts';
import { fakeAttempt } from '../../support/calls.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { tempFolder } from '../../support/fronts.ts';
import { invoke, silentLog } from '../../support/test-app.ts';

const SETTINGS = `
budgets:
  money: { scope: all, unit: usd, window: month, limit: 100 }
  people: { scope: user, unit: usd, window: day, limit: 50 }
  words:
    scope: feature
    unit: tokens
    window: week
    limit: 1000000
    weights: { output: 5, cache_read: 0.1 }
  calls: { scope: principal, unit: requests, window: day, limit: 1000, time_zone: Asia/Kathmandu }
`;

let folder: ReturnType<typeof tempFolder>;
let db: string;
beforeEach(async () => {
  folder = tempFolder();
  mkdirSync(join(folder.path, '.tollgate'));
  db = join(folder.path, '.tollgate', 'tollgate.db');
  writeFileSync(join(folder.path, 'tollgate.yaml'), SETTINGS);
  await makeCalls();
});
afterEach(() => {
  folder.remove();
});

/** Calls of several people, through the whole pipeline; half of them are in the sums. */
async function makeCalls(): Promise<void> {
  const config = readConfig({ TOLLGATE_DB: `sqlite:${db}`, TOLLGATE_CACHE: 'off' }, folder.path);
  const store = openSqlite(db);
  // All at one moment: no window ends in between.
  const moment = Date.now();
  const app = buildApp(config, {
    tools,
    log: silentLog,
    store,
    provider: fakeProvider(ANSWER),
    now: () => moment,
  });
  for (const number of [0, 1, 2, 3, 4, 5]) {
    const labels = { feature: 'help', user: `u${String(number % 2)}`, team: null };
    await invoke(app, 'answer_question', { question: `Why ${String(number)}?` }, { labels });
    if (number === 3) await store.ledger.rollUp();
  }
  await app.close();
}

const verify = (...args: string[]): Promise<Ran> =>
  runCommand(['usage', 'verify', ...args], { cwd: folder.path });

const tamper = (sql: string): void => {
  const file = new Database(db);
  file.exec(sql);
  file.close();
};

describe('tollgate usage verify', () => {
  it('finds no difference where there is none, and says what it looked at', async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^4 rows make up \d+ sums, 2 newer ones are not in the sums yet$/m);
    expect(stdout).toMatch(/^6 meters of budgets$/m);
    expect(stdout).toMatch(/^no difference$/m);
  });

  it.each([
    [
      'a sum of a day',
      'UPDATE usage_days SET cost_nano_usd = cost_nano_usd + 7 WHERE dimension = 2 AND viewer = 0',
      'cost_nano_usd of usage_days',
    ],
    [
      'a sum of a quarter',
      'UPDATE usage_quarters SET input_tokens = 0 WHERE kind = 0 AND user = (SELECT max(user) FROM usage_quarters)',
      'input_tokens of usage_quarters',
    ],
    ['what a prompt served', 'DELETE FROM usage_prompts', 'calls of usage_prompts prompt faq'],
    ['a list', 'DELETE FROM usage_lists WHERE viewer = 0', 'calls of usage_lists'],
    [
      'a meter',
      "UPDATE meters SET used = used + 1 WHERE budget = 'words'",
      'used on words of help',
    ],
    ['a missing meter', "DELETE FROM meters WHERE budget = 'money'", 'used on money'],
    [
      'a row that was changed',
      'UPDATE calls SET cost_nano_usd = cost_nano_usd + 1 WHERE rowid = 1',
      'cost_nano_usd of usage_days',
    ],
  ])('finds %s that is not what the rows say, and ends with 1', async (_, sql, what) => {
    tamper(sql);
    const { code, stdout } = await verify('--json');
    expect(code).toBe(1);
    const found = JSON.parse(stdout) as Verification;
    expect(found.count).toBeGreaterThan(0);
    expect(found.differences.map((each) => each.what).join('\n')).toContain(what);
  });

  it('names rows that could not be written as they were, and ends with 1', async () => {
    const store = openSqlite(db);
    const usage = { ...NO_USAGE, output: Infinity };
    await store.ledger.record(spent('call_odd', 0, { attempts: [fakeAttempt({ usage })] }));
    await store.close();
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1 rows could not be written as they were:$/m);
    expect(stdout).toMatch(/call_odd: .*output_tokens is Infinity/);
    const json = JSON.parse((await verify('--json')).stdout) as { set_aside: unknown };
    expect(json.set_aside).toMatchObject([{ call: 'call_odd' }]);
  });

  it('says how much is kept and how much it should be', async () => {
    tamper("UPDATE meters SET used = used + 1 WHERE budget = 'calls'");
    const { code, stdout } = await verify();
    expect(code).toBe(1);
    expect(stdout).toMatch(/used on calls of local \(principal requests day until .*\)\s+7\s+6/);
  });

  it('does not judge what nobody can tell any more: tokens of a budget that is gone', async () => {
    writeFileSync(join(folder.path, 'tollgate.yaml'), SETTINGS.replace('words:', 'other:'));
    const { code, stdout } = await verify();
    expect(code).toBe(0);
    expect(stdout).toContain('(of 1 nobody can tell any more what was used)');
  });
});
