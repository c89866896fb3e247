import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetState } from '../../../schemas/wire/budget.ts';
import type { Claim, Standing } from '../../../src/core/call/hold.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import type { Database } from './database.ts';
import {
  claim,
  crashRecord,
  hold,
  LATER,
  LEASE,
  ledgerSum,
  METER,
  NOON,
  OTHER,
  spent,
  standing,
} from './spending.ts';

/** What a store must do so that a hold ends once, whoever ends it. */
export function settlingCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  /** As a settlement says it: what was used, with what was last reserved as charge. */
  const used = (amount: number, charge = 0): Claim => claim(amount, { charge });
  const calls = async () => (await store.ledger.spent(NOON, null)).today;

  describe('settling', () => {
    it('turns what is held into what was used', async () => {
      await hold(store, 'call_1', [claim(60), claim(60, OTHER)]);
      const standings = await store.ledger.record(spent('call_1', 25), [
        claim(25, OTHER),
        used(25, 60),
      ]);
      expect(standings).toEqual([
        { ...OTHER, used: 25, held: 0, mayPass: 0 },
        { ...METER, used: 25, held: 0, mayPass: 0 },
      ]);
      expect(await ledgerSum(store)).toBe(25);
    });

    it('leaves the holds of others', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await hold(store, 'call_2', [claim(30)]);
      expect(await store.ledger.record(spent('call_1', 10), [used(10)])).toEqual([
        { ...METER, used: 10, held: 30, mayPass: 0 },
      ]);
    });

    it('again changes nothing', async () => {
      await hold(store, 'call_1', [claim(60)]);
      const first = await store.ledger.record(spent('call_1', 25), [used(25, 60)]);
      expect(await store.ledger.record(spent('call_1', 40), [used(40, 60)])).toEqual(first);
      expect(await standing(store)).toEqual([25, 0]);
      expect(await ledgerSum(store)).toBe(25);
      expect(await calls()).toMatchObject({ calls: 1, usd: 25e-9 });
    });

    it('ends the hold: it cannot be raised afterwards', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await store.ledger.record(spent('call_1', 25), [used(25)]);
      await expect(hold(store, 'call_1', [claim(70)])).rejects.toThrow('has ended');
      expect(await standing(store)).toEqual([25, 0]);
    });

    it('keeps more than was held, where an answer was let finish', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await store.ledger.record(spent('call_1', 130), [used(130)]);
      expect(await standing(store)).toEqual([130, 0]);
      expect((await hold(store, 'call_2', [claim(1)])).held).toBe(false);
    });

    it('of a call that was refused shows how the budget stands and changes nothing', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await hold(store, 'call_2', [claim(60)]);
      expect(await store.ledger.record(spent('call_2', 0), [used(0)])).toEqual([
        { ...METER, used: 0, held: 60, mayPass: 0 },
      ]);
    });

    it('writes into the row how the budgets stand then', async () => {
      const toStates = ([first]: readonly Standing[]): BudgetState[] => [
        { ...STATE, used: first?.used ?? NaN, held: first?.held ?? NaN },
      ];
      const settlement = { settle: () => Promise.resolve([]), toStates };
      const fitted = { how: 'clamped', why: 'Because.' } as const;
      const budget = { fitted, limits: [STATE] };
      await hold(store, 'call_0', [claim(5)]);
      await store.ledger.record(spent('call_1', 25, { settlement, budget }), [used(25)]);
      expect((await store.ledger.get('call_1', null))?.budget).toEqual({
        fitted,
        limits: [{ ...STATE, used: 25, held: 5 }],
      });
      await store.ledger.record(spent('call_2', 0, { budget }));
      expect((await store.ledger.get('call_2', null))?.budget).toEqual(budget);
    });
  });

  describe('a sweep', () => {
    it('leaves what its process still renews', async () => {
      await hold(store, 'call_1', [claim(60)]);
      expect(await database.open().leases.sweep(LEASE)).toBe(0);
      await store.leases.renew(LATER);
      expect(await database.open().leases.sweep(LATER)).toBe(0);
      expect(await standing(store)).toEqual([0, 60]);
    });

    it('ends one hold and leaves another whose lease ends this very moment', async () => {
      await hold(store, 'call_1', [claim(60)]);
      const claims = [claim(20)];
      const lost = crashRecord('call_2', 0);
      await store.budgets.hold({ crashRecord: lost, claims, leaseUntil: LEASE - 1 });
      expect(await database.open().leases.sweep(LEASE)).toBe(1);
      expect(await standing(store)).toEqual([0, 60]);
    });

    it('ends what only another process renews', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await database.open().leases.renew(LATER);
      expect(await database.open().leases.sweep(LATER)).toBe(1);
    });

    it('leaves the holds of its own process, however late that is with its leases', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      expect(await store.leases.sweep(LATER)).toBe(0);
      expect(await standing(store)).toEqual([0, 60]);
      await store.leases.renew(LATER);
      expect(await database.open().leases.sweep(LATER)).toBe(0);
      await store.ledger.record(spent('call_1', 20), [used(20, 55)]);
      expect(await standing(store)).toEqual([20, 0]);
    });

    it('releases what was not dispatched, with a row', async () => {
      await hold(store, 'call_1', [claim(60), claim(60, OTHER)]);
      expect(await database.open().leases.sweep(LATER)).toBe(1);
      expect(await standing(store)).toEqual([0, 0]);
      expect(await standing(store, OTHER)).toEqual([0, 0]);
      expect(await store.ledger.get('call_1', null)).toMatchObject({
        finish: 'error',
        error_code: 'process_lost',
        cost_usd: 0,
        latency_ms: 500,
      });
    });

    it('charges what was dispatched on every budget, with a row of that cost', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 }), claim(1, { ...OTHER, charge: 1 })]);
      expect(await database.open().leases.sweep(LATER)).toBe(1);
      expect(await standing(store)).toEqual([55, 0]);
      expect(await standing(store, OTHER)).toEqual([1, 0]);
      expect(await ledgerSum(store)).toBe(55);
      expect(await calls()).toMatchObject({ calls: 1, usd: 55e-9 });
    });

    it('charges as was said last', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 0 })]);
      await hold(store, 'call_1', [claim(60, { charge: 30 })]);
      await hold(store, 'call_1', [claim(99, { charge: 99 }), claim(101, OTHER)]);
      await database.open().leases.sweep(LATER);
      expect(await standing(store)).toEqual([30, 0]);
      expect(await ledgerSum(store)).toBe(30);
    });

    it('leaves a row also where no budget limits the call', async () => {
      await hold(store, 'call_1', []);
      expect(await database.open().leases.sweep(LATER)).toBe(1);
      expect(await store.ledger.get('call_1', null)).toMatchObject({ error_code: 'process_lost' });
    });

    it('by several processes at once settles each hold once', async () => {
      const ids = Array.from({ length: 450 }, (_, i) => `call_${String(i)}`);
      const limit = 10_000;
      await Promise.all(ids.map((id) => hold(store, id, [claim(3, { limit, charge: 2 })])));
      const sweepers = [store, database.open(), database.open()];
      const settled = await Promise.all(sweepers.map(({ leases }) => leases.sweep(LATER)));
      expect(settled.reduce((sum, each) => sum + each)).toBe(450);
      expect(await standing(store)).toEqual([900, 0]);
      expect(await ledgerSum(store)).toBe(900);
      expect(await calls()).toMatchObject({ calls: 450 });
    });

    it('forgets idempotency keys past their time, and those of the dead', async () => {
      const other = database.open();
      const key = (name: string) => ({
        principal: 'p',
        key: name,
        bodyHash: 'h',
        callId: `call_${name}`,
      });
      for (const name of ['dead', 'done', 'kept', 'mine']) {
        const one = name === 'mine' ? other : store;
        await one.idempotency.begin(key(name), { now: NOON, leaseUntil: LEASE });
      }
      await store.idempotency.finish(key('done'), '{}', LATER - 1);
      await store.idempotency.finish(key('kept'), '{}', LATER);
      await other.leases.renew(LATER);
      await database.open().leases.sweep(LATER);
      const again = { now: NOON, leaseUntil: LEASE };
      const states: string[] = [];
      for (const name of ['dead', 'done', 'kept', 'mine']) {
        states.push((await store.idempotency.begin(key(name), again)).state);
      }
      expect(states).toEqual(['mine', 'mine', 'done', 'running']);
    });
  });

  describe('a process that comes back after a sweep', () => {
    it('replaces row and charge by what was really used', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      await database.open().leases.sweep(LATER);
      const standings = await store.ledger.record(spent('call_1', 20), [used(20, 55)]);
      expect(standings).toEqual([{ ...METER, used: 20, held: 0, mayPass: 0 }]);
      expect(await ledgerSum(store)).toBe(20);
      expect(await store.ledger.get('call_1', null)).toMatchObject({ finish: 'complete' });
      expect(await calls()).toMatchObject({ calls: 1, usd: 20e-9 });
    });

    it('cannot spend any more on a hold that has ended', async () => {
      await hold(store, 'call_1', [claim(60)]);
      await database.open().leases.sweep(LATER);
      await expect(hold(store, 'call_1', [claim(60, { charge: 60 })])).rejects.toThrow('has ended');
      await store.ledger.record(spent('call_1', 0), [used(0, 0)]);
      expect(await standing(store)).toEqual([0, 0]);
    });

    it('replaces it once', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      await database.open().leases.sweep(LATER);
      await store.ledger.record(spent('call_1', 20), [used(20, 55)]);
      await store.ledger.record(spent('call_1', 20), [used(20, 55)]);
      expect(await standing(store)).toEqual([20, 0]);
      expect(await database.open().leases.sweep(LATER)).toBe(0);
    });

    it('does not make a window that was reset meanwhile larger than its limit', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      await database.open().leases.sweep(LATER);
      await store.budgets.reset({ ...METER, subject: null });
      await store.ledger.record(spent('call_1', 20), [used(20, 55)]);
      expect(await standing(store)).toEqual([0, 0]);
      expect((await hold(store, 'call_2', [claim(101)])).held).toBe(false);
    });

    it('is counted in days by what its row says in the end', async () => {
      const budgets = store.budgets;
      const lost = crashRecord('call_1', 40);
      await budgets.hold({
        crashRecord: lost,
        claims: [claim(40, { charge: 40 })],
        leaseUntil: LEASE,
      });
      await database.open().leases.sweep(LATER);
      expect((await store.ledger.spent(NOON, null)).today.usd).toBe(40e-9);
      await store.ledger.record(spent('call_1', 1), [used(1, 40)]);
      expect((await store.ledger.spent(NOON, 'local')).today).toMatchObject({
        calls: 1,
        usd: 1e-9,
      });
    });

    it('ends the hold of a dead process within ten minutes of a clock that was set back', async () => {
      const HOUR = 3_600_000;
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      const other = database.open();
      const setBack = LATER - HOUR;
      expect(await other.leases.sweep(setBack)).toBe(0);
      expect(await other.leases.sweep(setBack + 600_000)).toBe(0);
      expect(await other.leases.sweep(setBack + 600_001)).toBe(1);
      expect(await standing(store)).toEqual([55, 0]);
    });
  });
}

const STATE: BudgetState = {
  budget: 'red',
  scope: 'team',
  of: 'team-1',
  unit: 'usd',
  window: 'day',
  limit: 100,
  used: 0,
  held: 0,
  remaining: 100,
  may_pass: 0,
  resets_at: '2026-11-24T00:00:00.000Z',
};
