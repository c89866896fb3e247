import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallMeta as WireCall } from '../../../schemas/wire/call.ts';
import type { AttemptRecord } from '../../../src/core/call/call.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { toRow } from '../../../src/stores/sqlite/call-row.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import { claim, crashRecord, hold, spent } from '../cases/spending.ts';
import { migrations } from '../../../src/stores/sqlite/migrate.ts';

const [calls = '', routes = '', keysAndBudgets = '', cache = '', prompts = ''] = migrations();

const MODEL = 'claude-sonnet-5-5';
const NOON = Date.parse('2026-11-23T12:00:00Z');

let folder: string;
let path: string;
let store: Store | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  path = join(folder, 't.db');
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(folder, { recursive: true });
});
const openAll = (): Store => (store = openSqlite(path));
const open = (): Store['ledger'] => openAll().ledger;

/** An attempt as version 1 wrote it. */
const oldAttempt = (
  outcome: 'ok' | 'failed',
  costNanoUsd: number,
): Omit<
  AttemptRecord,
  | 'purpose'
  | 'reason'
  | 'reached'
  | 'promptCacheSavedNanoUsd'
  | 'answeredBy'
  | 'doubts'
  | 'estimate'
> => ({
  model: MODEL,
  outcome,
  errorCode: outcome === 'ok' ? null : 'model_unavailable',
  requestId: 'req_1',
  usage: { ...NO_USAGE, input: 100, output: 10, cache_read: 5, source: 'provider' },
  costNanoUsd,
  priceId: `${MODEL}@2026-10-07`,
  ttftMs: 12,
  latencyMs: 900,
});

/** A file as version 1 left it, with a call of two attempts and a call of a plain function. */
function writeVersion1(): void {
  const db = new Database(path);
  db.exec(calls);
  db.pragma('user_version = 1');
  const insert = db.prepare(
    `INSERT INTO calls VALUES (@id, @startedAt, @tool, 'local', NULL, NULL, NULL, 'rest', @prompt,
       @prompt, NULL, @model, @servedBy, 0, NULL, 200, 20, 0, 10, 0, 0, 'provider', @cost, 7, 41.5,
       977.25, 'complete', NULL, 0, @attempts)`,
  );
  insert.run({
    id: 'call_model',
    startedAt: NOON,
    tool: 'answer_question',
    prompt: 'v1',
    model: MODEL,
    servedBy: 'model',
    cost: 1_000,
    attempts: JSON.stringify([oldAttempt('failed', 400), oldAttempt('ok', 600)]),
  });
  insert.run({
    id: 'call_function',
    startedAt: NOON,
    tool: 'get_usage',
    prompt: null,
    model: null,
    servedBy: 'function',
    cost: 0,
    attempts: '[]',
  });
  db.close();
}

describe('a file of version 1', () => {
  beforeEach(writeVersion1);

  it('is brought up to date once', async () => {
    let other: Store | undefined;
    open();
    const db = new Database(path, { readonly: true });
    const migrations = readdirSync('src/stores/sqlite/migrations');
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
    db.close();
    expect(() => (other = openSqlite(path))).not.toThrow();
    await other?.close();
  });

  it('keeps its rows, with nothing for what was not known then', async () => {
    const ledger = open();
    const kept = await ledger.get('call_model', null);
    expect(WireCall.strict().parse(kept)).toEqual(kept);
    expect(kept).toMatchObject({
      id: 'call_model',
      model: MODEL,
      route: null,
      cost_usd: 1e-6,
      saved_usd: 7e-9,
      prompt_cache_saved_usd: 0,
      attempts: [
        { outcome: 'failed', request_id: 'req_1', reason: '', cost_usd: 4e-7 },
        { outcome: 'ok', reason: '', reached: 'answered', usage: { input: 100 } },
      ],
    });
    expect(await ledger.get('call_function', null)).toMatchObject({ route: null, attempts: [] });
  });

  it('lists and sums old rows and new ones alike', async () => {
    const ledger = open();
    const attempts = [fakeAttempt({ model: MODEL, costNanoUsd: 500, promptCacheSavedNanoUsd: 90 })];
    const meta = { startedAt: NOON, route: { chain: 'balanced', reason: 'Because.' }, attempts };
    await ledger.record(fakeCall({ id: 'call_new' }, meta));
    expect(
      (await ledger.list({ limit: 9 }, null)).map(({ id, route }) => [id, route?.chain]),
    ).toEqual([
      ['call_new', 'balanced'],
      ['call_model', undefined],
      ['call_function', undefined],
    ]);
    for (const groupBy of ['all', 'day'] as const) {
      expect(await ledger.sum({ groupBy, from: 0, to: NOON + 1 }, null)).toMatchObject([
        { calls: 3, cost_usd: 1.5e-6, prompt_cache_saved_usd: 9e-8 },
      ]);
    }
    expect(await ledger.sum({ groupBy: 'model', from: 0, to: NOON + 1 }, null)).toMatchObject([
      { key: MODEL, calls: 2, cost_usd: 1.5e-6, prompt_cache_saved_usd: 9e-8 },
      { key: null, calls: 1, cost_usd: 0, prompt_cache_saved_usd: 0 },
    ]);
  });

  it('teaches calibration nothing: it had no estimates', async () => {
    expect(await open().countedAttempts(99)).toEqual([]);
  });
});

describe('a file of version 2', () => {
  beforeEach(() => {
    writeVersion1();
    const db = new Database(path);
    db.exec(routes);
    db.pragma('user_version = 2');
    db.close();
  });

  it('knows what was spent on the days before', async () => {
    const ledger = open();
    const part = { calls: 2, tokens: 460, usd: 1e-6 };
    const since = (day: string) => ({ since: `2026-11-${day}T00:00:00.000Z` });
    expect(await ledger.spent(NOON, 'local')).toEqual({
      today: { ...since('23'), ...part },
      this_month: { ...since('01'), ...part },
    });
    await ledger.record(spent('call_new', 500));
    expect((await ledger.spent(NOON, null)).today).toEqual({
      ...since('23'),
      calls: 3,
      tokens: 460,
      usd: 1.5e-6,
    });
  });

  it('holds budgets from then on', async () => {
    const now = (store = openSqlite(path));
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => hold(now, `call_${name}`, [claim(40)])),
    );
    expect(answers.map(({ held }) => held)).toEqual([true, true, false]);
    await now.ledger.record(spent('call_a', 10), [claim(10)]);
    expect((await hold(now, 'call_c', [claim(50)])).held).toBe(true);
    expect((await hold(now, 'call_d', [claim(1)])).held).toBe(false);
  });

  it('has rows that repeat no call and count on no budget', async () => {
    const kept = await open().get('call_model', null);
    expect(kept).toMatchObject({ replay_of: null, budget: null });
  });
});

describe('a file of version 4', () => {
  beforeEach(() => {
    writeVersion1();
    const db = new Database(path);
    for (const sql of [routes, keysAndBudgets, cache]) db.exec(sql);
    db.pragma('user_version = 4');
    db.exec(`INSERT INTO keys (name, admin, created_at) VALUES ('web', 0, 1);
      INSERT INTO secrets (hash, key, prefix, created_at) VALUES ('h1', 'web', 'tg_live_x', 1)`);
    db.close();
  });

  it('has calls whose prompt had a version, but no content that was kept', async () => {
    const ledger = open();
    expect(await ledger.get('call_model', null)).toMatchObject({
      prompt: { id: 'v1', version: 'v1', variant: null, hash: null },
    });
    expect(await ledger.promptUse('v1')).toEqual([
      {
        version: 'v1',
        hash: null,
        calls: 1,
        cached: 0,
        failed: 0,
        costNanoUsd: 1_000,
        firstAt: NOON,
        lastAt: NOON,
      },
    ]);
  });

  it('has keys that may pin no version of a prompt', async () => {
    store = openSqlite(path);
    expect((await store.keys.find('h1'))?.key).toMatchObject({ name: 'web', pinPrompts: false });
  });
});

describe('a file of version 5', () => {
  const meter = (budget: string, counts: string) => ({
    budget,
    subject: 'red',
    counts,
    windowStart: NOON,
  });
  const inUsd = meter('set', 'team usd day');
  const oldClaim = (budget: string) => ({
    budget,
    subject: 'red',
    windowStart: NOON,
    windowEnd: NOON + 1_000,
    unit: 'usd',
    limit: 100,
    thresholds: [],
    amount: 30,
    charge: 20,
  });

  beforeEach(() => {
    const db = new Database(path);
    for (const sql of [calls, routes, keysAndBudgets, cache, prompts]) db.exec(sql);
    db.pragma('user_version = 5');
    db.prepare('INSERT INTO budgets VALUES (?, ?)').run(
      'set',
      JSON.stringify({ scope: 'team', unit: 'usd', window: 'day', limit: 1 }),
    );
    const insert = db.prepare("INSERT INTO meters VALUES (?, 'red', ?, 50, 5, 30, ?)");
    for (const budget of ['set', 'declared']) insert.run(budget, NOON, NOON + 9_999);
    db.prepare("INSERT INTO holds VALUES ('call_1', 'gone', 1, ?, ?)").run(
      JSON.stringify(['set', 'declared'].map(oldClaim)),
      JSON.stringify(toRow(crashRecord('call_1', 20))),
    );
    db.close();
  });

  it('has the meters of budgets that were set count what those count, and nothing else', async () => {
    const { budgets } = openAll();
    const others = ['team requests day', 'user usd day', 'team usd month'];
    expect(
      await budgets.standings([inUsd, ...others.map((counts) => meter('set', counts))]),
    ).toMatchObject([{ used: 45, held: 30 }, ...others.map(() => ({ used: 0, held: 0 }))]);
  });

  it('has whatever a declared budget counts go on where it was', async () => {
    const opened = openAll();
    const { budgets, ledger } = opened;
    const declared = meter('declared', 'team usd day');
    expect(await budgets.standings([declared])).toMatchObject([{ used: 45, held: 30 }]);
    const more = claim(25, { ...declared, limit: 100 });
    expect((await hold(opened, 'call_2', [{ ...more, amount: 26 }])).held).toBe(false);
    expect((await hold(opened, 'call_2', [more])).held).toBe(true);
    await ledger.record(spent('call_2', 25), [more]);
    expect(await budgets.standings([declared])).toMatchObject([{ used: 70, held: 30 }]);
    await budgets.reset(declared);
    expect(await budgets.standings([declared])).toMatchObject([{ used: 0, held: 30 }]);
  });

  it('ends the holds of before where they were', async () => {
    const { budgets, leases } = openAll();
    expect(await leases.sweep(NOON)).toBe(1);
    expect(await budgets.standings([inUsd, meter('declared', 'team usd day')])).toMatchObject([
      { used: 65, held: 0 },
      { used: 65, held: 0 },
    ]);
  });
});

describe('a new file', () => {
  it('has the same columns as one that was migrated', async () => {
    const columns = (file: string): unknown => {
      const db = new Database(file, { readonly: true });
      const found = ['calls', 'keys'].map((table) => db.pragma(`table_info(${table})`));
      db.close();
      return found;
    };
    open();
    const fresh = columns(path);
    const migrated = join(folder, 'old.db');
    path = migrated;
    writeVersion1();
    await openSqlite(migrated).close();
    expect(columns(migrated)).toEqual(fresh);
  });
});
