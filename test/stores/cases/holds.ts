import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/core/call/hold.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import type { Database } from './database.ts';
import {
  claim,
  crashRecord,
  hold,
  LATER,
  LEASE,
  METER,
  NOON,
  OTHER,
  spent,
  standing,
} from './spending.ts';

/** What a store must do so that budgets hold. */
export function holdCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  describe('a hold', () => {
    it('counts as held, not as used', async () => {
      const answer = await hold(store, 'call_1', [claim(60)]);
      expect(answer).toEqual({
        held: true,
        standings: [{ ...METER, used: 0, held: 60, mayPass: 0 }],
      });
      expect(await standing(store)).toEqual([0, 60]);
    });

    it('takes the budget to its limit and no further', async () => {
      await hold(store, 'call_1', [claim(60)]);
      expect(await hold(store, 'call_2', [claim(41)])).toEqual({
        held: false,
        standings: [{ ...METER, used: 0, held: 60, mayPass: 0 }],
      });
      expect((await hold(store, 'call_3', [claim(40)])).held).toBe(true);
      expect(await standing(store)).toEqual([0, 100]);
    });

    it('is on all budgets or on none', async () => {
      await hold(store, 'call_1', [claim(90)]);
      const claims = [claim(50, OTHER), claim(11)];
      expect(await hold(store, 'call_2', claims)).toEqual({
        held: false,
        standings: [
          { ...OTHER, used: 0, held: 0, mayPass: 0 },
          { ...METER, used: 0, held: 90, mayPass: 0 },
        ],
      });
      expect(await standing(store, OTHER)).toEqual([0, 0]);
      expect((await hold(store, 'call_2', [claim(50, OTHER), claim(10)])).held).toBe(true);
      expect(await standing(store, OTHER)).toEqual([0, 50]);
    });

    it('asked for again changes nothing', async () => {
      const first = await hold(store, 'call_1', [claim(60), claim(60, OTHER)]);
      expect(await hold(store, 'call_1', [claim(60), claim(60, OTHER)])).toEqual(first);
      expect(await standing(store)).toEqual([0, 60]);
    });

    it('is raised as long as that fits, and stays as it was where not', async () => {
      await hold(store, 'call_1', [claim(30)]);
      await hold(store, 'call_2', [claim(30)]);
      expect((await hold(store, 'call_1', [claim(70)])).standings[0]?.held).toBe(100);
      expect((await hold(store, 'call_1', [claim(71)])).held).toBe(false);
      expect(await standing(store)).toEqual([0, 100]);
    });

    it('is lowered even where the limit was lowered below it', async () => {
      await hold(store, 'call_1', [claim(90)]);
      const lowered = await hold(store, 'call_1', [claim(80, { limit: 10 })]);
      expect(lowered).toEqual({
        held: true,
        standings: [{ ...METER, used: 0, held: 80, mayPass: 0 }],
      });
      expect((await hold(store, 'call_2', [claim(1, { limit: 10 })])).held).toBe(false);
    });

    it('moves to other meters with its claims', async () => {
      await hold(store, 'call_1', [claim(60)]);
      const next = { ...METER, windowStart: NOON + 1_000 };
      await hold(store, 'call_1', [claim(70, next)]);
      expect(await standing(store)).toEqual([0, 0]);
      expect(await standing(store, next)).toEqual([0, 70]);
    });

    it('does not count for another subject, window or budget', async () => {
      await hold(store, 'call_1', [claim(100)]);
      const others = [
        { ...METER, subject: 'team-2' },
        { ...METER, windowStart: NOON + 1 },
        { ...METER, budget: 'blue' },
      ];
      for (const [i, other] of others.entries()) {
        expect((await hold(store, `call_o${String(i)}`, [claim(100, other)])).held).toBe(true);
      }
    });

    it.each([NaN, 0.5, -1, Infinity, 2 ** 53, undefined as unknown as number])(
      'of %s is an error and nothing else',
      async (amount) => {
        await expect(hold(store, 'call_1', [claim(amount)])).rejects.toThrow('whole amounts');
        const charged = claim(1, { charge: amount });
        await expect(
          store.budgets.hold({
            crashRecord: crashRecord('call_1', 0),
            claims: [charged],
            leaseUntil: LEASE,
          }),
        ).rejects.toThrow('whole amounts');
        expect(await standing(store)).toEqual([0, 0]);
        expect(await store.ledger.get('call_1', null)).toBeNull();
      },
    );

    it('keeps amounts of nine digits of dollars exact', async () => {
      const limit = Number.MAX_SAFE_INTEGER;
      await hold(store, 'call_1', [claim(limit - 1, { limit })]);
      expect((await hold(store, 'call_2', [claim(2, { limit })])).held).toBe(false);
      expect((await hold(store, 'call_2', [claim(1, { limit })])).held).toBe(true);
      await store.ledger.record(spent('call_1', 0), [claim(limit - 2, { limit })]);
      expect(await standing(store)).toEqual([limit - 2, 1]);
    });

    it('takes a limit that nothing can reach', async () => {
      const claims = [claim(5, { limit: 1e21 })];
      expect((await hold(store, 'call_1', claims)).held).toBe(true);
      expect(await store.ledger.record(spent('call_1', 5), claims)).toMatchObject([{ used: 5 }]);
    });
  });

  describe('many calls at once', () => {
    it('on a subject that nobody knew never pass its limit', async () => {
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, i) => hold(store, `call_${String(i)}`, [claim(7)])),
      );
      expect(answers.filter(({ held }) => held)).toHaveLength(14);
      expect(await standing(store)).toEqual([0, 98]);
    });

    it('from two connections get what there is, to the last of it', async () => {
      const stores = [store, database.open()];
      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const one = stores[i % 2] ?? store;
          const id = `call_${String(i)}`;
          const { held } = await hold(one, id, [claim(10, { limit: 1_000 })]);
          if (held && i % 4 < 2) await one.ledger.record(spent(id, 3), [claim(3)]);
          return held;
        }),
      );
      const [used, held] = await standing(store);
      const admitted = answers.filter(Boolean).length;
      expect(admitted).toBeGreaterThanOrEqual(100);
      expect(used + held).toBeLessThanOrEqual(1_000);
      expect(used / 3 + held / 10).toBe(admitted);
      expect(await standing(stores[1] ?? store)).toEqual([used, held]);
    });

    describe('that may pass its amount', () => {
      const loose = (amount: number, mayPass: number): Claim => claim(amount, { mayPass });

      it('fits as long as no other does, and its amount fits', async () => {
        expect((await hold(store, 'call_1', [loose(60, 200)])).held).toBe(true);
        expect((await hold(store, 'call_2', [loose(10, 1)])).held).toBe(false);
        expect((await hold(store, 'call_2', [claim(40)])).held).toBe(true);
        const [state] = await store.budgets.standings([METER]);
        expect(state).toEqual({ ...METER, used: 0, held: 100, mayPass: 200 });
      });

      it('may have less of it, and none is left of it when the call has ended', async () => {
        await hold(store, 'call_1', [loose(60, 200)]);
        expect((await hold(store, 'call_1', [loose(70, 100)])).held).toBe(true);
        expect((await store.budgets.standings([METER]))[0]).toMatchObject({ mayPass: 100 });
        await store.ledger.record(spent('call_1', 150), [claim(150)]);
        const [state] = await store.budgets.standings([METER]);
        expect(state).toEqual({ ...METER, used: 150, held: 0, mayPass: 0 });
        expect((await hold(store, 'call_2', [loose(0, 1)])).held).toBe(true);
      });

      it('is given back by a sweep', async () => {
        await hold(store, 'call_1', [claim(60, { mayPass: 200, charge: 90 })]);
        await database.open().leases.sweep(LATER);
        const [state] = await store.budgets.standings([METER]);
        expect(state).toEqual({ ...METER, used: 90, held: 0, mayPass: 0 });
      });
    });

    it('of another unit, scope or window is on a meter of its own', async () => {
      await store.ledger.record(spent('call_1', 90), [claim(90)]);
      const requests = { ...METER, counts: 'team requests hour' };
      expect(await standing(store, requests)).toEqual([0, 0]);
      expect((await hold(store, 'call_2', [claim(80, requests)])).held).toBe(true);
      expect(await standing(store, requests)).toEqual([0, 80]);
      expect(await standing(store)).toEqual([90, 0]);
      await store.budgets.reset(requests);
      expect(await standing(store)).toEqual([90, 0]);
    });
  });
}
