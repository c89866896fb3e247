import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GetUsageOutput } from '../../schemas/tools/get-usage.ts';
import type { LedgerQueries } from '../../src/core/services/ledger.ts';
import { buildLedgerQueries } from '../../src/ledger/queries.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 3600 * 1000;
let store: Store;
let ledger: LedgerQueries;
beforeEach(() => {
  store = openSqlite(':memory:');
  ledger = buildLedgerQueries(store.ledger, () => NOW, null);
});
afterEach(() => store.close());

const record = (id: string, startedAt: number, models: string[] = ['m']) =>
  store.ledger.record(
    fakeCall(
      { id },
      { startedAt, attempts: models.map((model) => fakeAttempt({ model, costNanoUsd: 1_000 })) },
    ),
  );

describe('the books', () => {
  it('show a call by its id, and say so when there is none', async () => {
    await record('call_1', NOW);
    expect(await ledger.call('call_1')).toMatchObject({ id: 'call_1', cost_usd: 0.000001 });
    await expect(ledger.call('call_2')).rejects.toMatchObject({ code: 'unknown_call' });
  });

  it('do not repeat a book that was sent as an id', async () => {
    const error = await ledger.call('x'.repeat(9_000)).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message.length).toBeLessThan(300);
  });

  it('are read page by page to the end, no call missing and none twice', async () => {
    for (let i = 0; i < 6; i += 1) await record(`call_${String(i)}`, NOW);
    const seen: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 9; page += 1) {
      const { calls, next } = await ledger.calls({ limit: 2, before });
      seen.push(...calls.map(({ id }) => id));
      if (next === null) break;
      before = next;
    }
    expect(seen).toEqual(['call_5', 'call_4', 'call_3', 'call_2', 'call_1', 'call_0']);
  });

  it('say that a full last page is the last', async () => {
    await record('call_1', NOW);
    await record('call_2', NOW);
    expect((await ledger.calls({ limit: 2 })).next).toBeNull();
    expect((await ledger.calls({ limit: 1 })).next).toBe('call_2');
    expect(await ledger.calls({ limit: 1, tool: 'none' })).toEqual({ calls: [], next: null });
  });
});

describe('the usage', () => {
  it('is of the last 30 days and this very moment unless said otherwise', async () => {
    await record('call_1', NOW);
    await record('call_2', NOW - 30 * DAY + 1);
    await record('call_3', NOW - 30 * DAY);
    const report = await ledger.usage({ group_by: 'tool' });
    expect(report).toMatchObject({ from: '2026-10-24T12:00:00.001Z', total: { calls: 2 } });
  });

  it('counts a call that asked two models once in the total and under both', async () => {
    await record('call_1', NOW, ['a', 'b']);
    const { rows, total } = await ledger.usage({ group_by: 'model' });
    expect(rows.map(({ key, calls }) => [key, calls])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(total).toMatchObject({ calls: 1, cost_usd: 0.000002 });
  });

  it('of a time without calls is a row of nothing', async () => {
    const report = await ledger.usage({ group_by: 'model', from: '2026-01-01', to: '2026-01-02' });
    expect(GetUsageOutput.parse(report)).toEqual(report);
    expect(report).toMatchObject({ rows: [], total: { calls: 0, cost_usd: 0 } });
  });

  it('has the shape it promises, and no key in its total', async () => {
    await record('call_1', NOW);
    const report = await ledger.usage({ group_by: 'day' });
    expect(GetUsageOutput.strict().parse(report)).toEqual(report);
    expect(report.total).not.toHaveProperty('key');
  });

  it('understands a time with a zone', async () => {
    await record('call_1', NOW);
    const from = '2026-11-23T13:00:00+01:00';
    expect((await ledger.usage({ group_by: 'tool', from })).total.calls).toBe(1);
  });

  it.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-24', '2026-11-23'],
    ['2027-01-01', undefined],
  ])('from %s to %s is no window', async (from, to) => {
    await expect(ledger.usage({ group_by: 'tool', from, to })).rejects.toMatchObject({
      code: 'invalid_input',
      details: { errors: [{ pointer: '/from' }] },
    });
  });
});
