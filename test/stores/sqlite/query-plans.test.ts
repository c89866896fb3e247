import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCacheStore } from '../../../src/stores/sqlite/cache/store.ts';
import { openBudgetStore } from '../../../src/stores/sqlite/budgets.ts';
import { openEvalStore } from '../../../src/stores/sqlite/evals.ts';
import { openFeedbackStore } from '../../../src/stores/sqlite/feedback.ts';
import { openIdempotencyStore } from '../../../src/stores/sqlite/idempotency.ts';
import { openKeyStore } from '../../../src/stores/sqlite/keys.ts';
import { openLedgerReader } from '../../../src/stores/sqlite/ledger-reader.ts';
import { openLedgerWriter } from '../../../src/stores/sqlite/ledger-writer.ts';
import { openLeases } from '../../../src/stores/sqlite/leases.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { openReader } from '../../../src/stores/sqlite/reader/reader.ts';
import { openSetAside } from '../../../src/stores/sqlite/set-aside.ts';
import { openRollUp } from '../../../src/stores/sqlite/usage/roll-up.ts';
import { buildWriter } from '../../../src/stores/sqlite/writer.ts';

let db: Database.Database;
beforeEach(() => {
  db = new Database(':memory:');
  migrate(db);
});
afterEach(() => db.close());

/** Every statement that the parts of a store prepare. */
function statements(): string[] {
  const prepare = vi.spyOn(db, 'prepare');
  const writer = buildWriter(db);
  openBudgetStore(db, writer, 'p');
  const sums = openRollUp(db);
  const reader = openReader({ db, writer, sums, threadFrom: 0 });
  const aside = openSetAside(db, ':memory:');
  const [now, onSetAside] = [Date.now, () => undefined];
  const watch = { trouble: () => null };
  openLedgerWriter({ db, writer, sums, watch, aside, onSetAside, now });
  openLeases({ db, writer, aside, processId: 'p' });
  openIdempotencyStore(db, writer, 'p');
  openKeyStore(db, writer);
  openLedgerReader(db, reader);
  openCacheStore(db, writer);
  openFeedbackStore(db, writer);
  openEvalStore(db, writer);
  const found = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
  return [...new Set(found)];
}

/** What SQLite would do, line by line. */
function planOf(sql: string): string[] {
  const named = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name = '']) => [name, 1]));
  const plain = [...sql.matchAll(/\?/g)].map(() => 1);
  const params = plain.length > 0 ? [plain] : Object.keys(named).length > 0 ? [named] : [];
  const rows = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
  return rows.all(...params).map(({ detail }) => detail);
}

/** Asked for by people, or every few seconds over the calls that are running. */
const OFF_THE_ROAD = [
  /^SELECT name, settings FROM budgets/,
  /FROM budget_events/,
  /^UPDATE holds SET lease_until/,
  /FROM holds WHERE lease_until/,
  /FROM keys (ORDER BY name|LIMIT 1)$/,
  /^SELECT attempts FROM calls ORDER BY rowid/,
  // The one row of the generation; what an operator looks at.
  /cache_generation/,
  /ORDER BY n.at DESC/,
  /FROM cache_(tags|aliases|negatives) WHERE entry = \? ORDER BY/,
  /FROM cache_(indexes|states) ORDER BY/,
  /FROM cache_indexes i LEFT JOIN/,
  // Sorts what still answers, from its index alone, and only before a judge is asked.
  /ORDER BY hits DESC, id LIMIT/,
  /FROM cache_indexes i LEFT JOIN/,
  // Sorts no more than it looks at.
  /LIMIT @looked/,
  // Questions of people; they are asked in a thread where there is much to read.
  /patient\(\)/,
  /WITH RECURSIVE tools/,
];

const scans = (sql: string): string[] =>
  planOf(sql).filter((step) => /^SCAN (?!CONSTANT ROW)|TEMP B-TREE/.test(step));

describe('on the road of a call', () => {
  it('no statement reads a whole table or sorts', () => {
    const onTheRoad = statements().filter(
      (sql) => !OFF_THE_ROAD.some((off) => off.test(sql.trim())),
    );
    expect(onTheRoad.length).toBeGreaterThan(15);
    expect(onTheRoad.map((sql) => [sql, scans(sql)]).filter(([, found]) => found?.length)).toEqual(
      [],
    );
  });

  it('a statement that did would be found', () => {
    expect(scans('SELECT * FROM meters WHERE held = 1')).toHaveLength(1);
  });

  it.each(['holds', 'meters', 'idempotency_keys', 'calls', 'secrets'])('%s are asked', (table) => {
    expect(statements().some((sql) => sql.includes(table))).toBe(true);
  });
});

describe('beside the road', () => {
  const plansOf = (part: RegExp): string[] =>
    statements()
      .filter((sql) => part.test(sql))
      .map((sql) => planOf(sql)[0] ?? '');

  it('what is summed up is read at the edges of a time only, over an index of times', () => {
    expect(plansOf(/\+calls\.rowid <= @row/)).toEqual([
      'SEARCH calls USING INDEX calls_by_time (started_at>? AND started_at<?)',
      'SEARCH calls USING INDEX calls_by_principal_and_time (principal=? AND started_at>? AND started_at<?)',
    ]);
  });

  it('what is not summed up yet is read in its order, or where it is much by its time', () => {
    expect(plansOf(/calls\.rowid > @row/)).toEqual([
      'SEARCH calls USING INTEGER PRIMARY KEY (rowid>?)',
      'SEARCH calls USING INTEGER PRIMARY KEY (rowid>?)',
      'SEARCH calls USING INDEX calls_by_time (started_at>? AND started_at<?)',
      'SEARCH calls USING INDEX calls_by_principal_and_time (principal=? AND started_at>? AND started_at<?)',
      // For a list.
      'SEARCH calls USING INTEGER PRIMARY KEY (rowid>?)',
    ]);
  });

  it.each([
    [
      'a day',
      'SELECT 1 FROM usage_days WHERE dimension = 1 AND viewer = 0 AND day >= 1 AND day < 2',
    ],
    ['a quarter', 'SELECT 1 FROM usage_quarters WHERE kind = 1 AND quarter >= 1 AND quarter < 2'],
    ['a prompt', 'SELECT 1 FROM usage_prompts WHERE prompt = 1'],
  ])('the sums of %s are a range of their table', (_, sql) => {
    expect(planOf(sql)[0]).toMatch(/^SEARCH usage_\w+ USING PRIMARY KEY/);
  });

  it('what is past its time is found over an index', () => {
    const past = statements().filter((sql) => /^DELETE FROM \w+ WHERE \(.*\) IN/.test(sql));
    expect(past).toHaveLength(3);
    for (const sql of past) expect(planOf(sql).join()).toMatch(/_by_\w+ \((until|forget_at|at)</);
  });
});
