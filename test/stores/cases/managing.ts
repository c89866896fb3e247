import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BudgetSettings } from '../../../schemas/wire/budget.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import type { Database } from './database.ts';
import { claim, hold, LATER, METER, NOON, OTHER, spent, standing } from './spending.ts';

/** What a store must do for those who manage budgets. */
export function managingCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  const use = async (id: string, amount: number, meter = METER): Promise<void> => {
    await store.ledger.record(spent(id, amount), [claim(amount, meter)]);
  };

  describe('a threshold', () => {
    const percents = async (): Promise<number[]> =>
      (await store.budgets.passed({ limit: 99 })).map(({ percent }) => percent);

    it('is passed once, when it is reached', async () => {
      await use('call_1', 49);
      expect(await percents()).toEqual([]);
      await use('call_2', 1);
      expect(await store.budgets.passed({ limit: 9 })).toEqual([
        {
          ...METER,
          at: NOON + 500,
          percent: 50,
          unit: 'usd',
          limit: 100,
          used: 50,
          callId: 'call_2',
        },
      ]);
      await use('call_3', 5);
      expect(await percents()).toEqual([50]);
    });

    it('is passed together with others by one large call', async () => {
      await use('call_1', 100);
      expect(await percents()).toEqual([100, 80, 50]);
    });

    it('is not passed by what is only held', async () => {
      await hold(store, 'call_1', [claim(100)]);
      expect(await percents()).toEqual([]);
    });

    it('is passed by the charge of a dead call, at the time of the sweep', async () => {
      await hold(store, 'call_1', [claim(80, { charge: 80 })]);
      await database.open().leases.sweep(LATER);
      expect(await store.budgets.passed({ limit: 1 })).toMatchObject([
        { percent: 80, at: LATER, callId: 'call_1' },
      ]);
    });

    it('that was passed before it was set is not passed by the next call', async () => {
      await store.ledger.record(spent('call_1', 60), [claim(60, { thresholds: [80] })]);
      await use('call_2', 1);
      expect(await percents()).toEqual([]);
    });

    it('is passed once a window, also after a reset', async () => {
      await use('call_1', 60);
      await store.budgets.reset({ ...METER, subject: null });
      await use('call_2', 60);
      expect(await percents()).toEqual([50]);
      await use('call_3', 60, { ...METER, windowStart: LATER });
      expect(await percents()).toEqual([50, 50]);
    });

    it('can be asked for by budget, newest first, so many at most', async () => {
      await use('call_1', 60);
      await use('call_2', 60, OTHER);
      await store.ledger.record(spent('call_3', 40, { latencyMs: 900 }), [claim(40)]);
      const of = async (limit: number, budget?: string): Promise<unknown[]> =>
        (await store.budgets.passed({ limit, budget })).map(({ percent }) => percent);
      expect(await of(9, METER.budget)).toEqual([100, 80, 50]);
      expect(await of(9, OTHER.budget)).toEqual([50]);
      expect(await of(2)).toEqual([100, 80]);
      expect(await of(9, 'none')).toEqual([]);
    });
  });

  describe('a reset', () => {
    const subject = { ...METER, subject: 'team-2' };
    const window = { ...METER, windowStart: LATER };
    beforeEach(async () => {
      await use('call_1', 60);
      await use('call_2', 60, subject);
      await use('call_3', 60, window);
      await use('call_4', 60, OTHER);
    });
    const used = async (): Promise<number[]> =>
      (await store.budgets.standings([METER, subject, window, OTHER])).map((each) => each.used);

    it('gives one subject its window anew', async () => {
      await store.budgets.reset(METER);
      expect(await used()).toEqual([0, 60, 60, 60]);
      expect((await hold(store, 'call_5', [claim(100)])).held).toBe(true);
    });

    it('gives every subject its window anew', async () => {
      await store.budgets.reset({ ...METER, subject: null });
      expect(await used()).toEqual([0, 0, 60, 60]);
      await store.budgets.reset({ ...METER, subject: null, windowStart: LATER });
      expect(await used()).toEqual([0, 0, 0, 60]);
    });

    it('leaves what is held, and the ledger', async () => {
      await hold(store, 'call_5', [claim(30)]);
      await store.budgets.reset({ ...METER, subject: null });
      expect(await standing(store)).toEqual([0, 30]);
      expect(await store.ledger.get('call_1', null)).toMatchObject({ cost_usd: 60e-9 });
    });

    it('counts on from there', async () => {
      await store.budgets.reset({ ...METER, subject: null });
      await use('call_5', 10);
      expect(await standing(store)).toEqual([10, 0]);
    });
  });

  describe('the budgets that were set', () => {
    const settings = (limit: number) =>
      BudgetSettings.parse({ scope: 'team', unit: 'usd', window: 'day', limit });

    it('are there by name, whole', async () => {
      expect(await store.budgets.definitions()).toEqual(new Map());
      await store.budgets.put('b', settings(2));
      await store.budgets.put('a', settings(1));
      expect([...(await store.budgets.definitions())]).toEqual([
        ['a', settings(1)],
        ['b', settings(2)],
      ]);
    });

    it('are seen, changed and removed by every process at once', async () => {
      const other = database.open();
      expect((await other.budgets.definitions()).size).toBe(0);
      await store.budgets.put('a', settings(1));
      expect((await other.budgets.definitions()).get('a')).toEqual(settings(1));
      await other.budgets.put('a', settings(5));
      expect((await store.budgets.definitions()).get('a')).toEqual(settings(5));
      expect((await other.budgets.definitions()).size).toBe(1);
      expect(await store.budgets.remove('a')).toBe(true);
      expect((await other.budgets.definitions()).size).toBe(0);
    });

    it('can be removed once', async () => {
      await store.budgets.put('a', settings(1));
      expect(await store.budgets.remove('a')).toBe(true);
      expect(await store.budgets.remove('a')).toBe(false);
    });

    it('are parsed once as long as nothing changes', async () => {
      await store.budgets.put('a', settings(1));
      const first = await store.budgets.definitions();
      await use('call_1', 1);
      expect(await store.budgets.definitions()).toBe(first);
    });
  });
}
