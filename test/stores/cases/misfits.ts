import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord, Call, CallMeta } from '../../../src/core/call/call.ts';
import type { Claim } from '../../../src/core/call/hold.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { fakeAttempt } from '../../support/calls.ts';
import type { Database } from './database.ts';
import {
  claim,
  crashRecord,
  hold,
  LATER,
  ledgerSum,
  LEASE,
  NOON,
  spent,
  standing,
} from './spending.ts';

/** What a store must do with rows that it cannot write: set them aside, and go on. */
export function misfitCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  const asides = () => store.setAside.list(0, 100);
  const row = (id: string) => store.ledger.get(id, null);
  const attempt = (usage: object, costNanoUsd = 10): AttemptRecord =>
    fakeAttempt({ costNanoUsd, usage: { ...NO_USAGE, source: 'provider', ...usage } });
  const withAttempts = (id: string, ...attempts: AttemptRecord[]): Call =>
    spent(id, 0, { attempts });
  const withMeta = (id: string, meta: Partial<CallMeta>): Call => spent(id, 10, meta);

  describe('a row that cannot be written', () => {
    it.each([
      ['tokens without end', { output: Number.MAX_SAFE_INTEGER }],
      ['tokens below zero', { input: -500 }],
      ['half a token', { output: 20.5 }],
      ['no number', { cache_read: NaN }],
      ['infinity', { cache_write_5m: Infinity }],
      ['nothing at all', { thinking: null }],
    ])('of %s is set aside, and the next one is written', async (_, usage) => {
      await store.ledger.record(withAttempts('call_1', attempt(usage)));
      await store.ledger.record(spent('call_2', 25));
      expect(await row('call_1')).toMatchObject({ error_code: 'row_set_aside', attempts: [] });
      expect(await row('call_2')).toMatchObject({ error_code: null });
      expect(await asides()).toMatchObject([{ call: 'call_1' }]);
      expect(await store.ledger.spent(NOON, null)).toMatchObject({ today: { calls: 2 } });
    });

    it('is kept as it was, with what is wrong with it', async () => {
      await store.ledger.record(withAttempts('call_1', attempt({ output: Infinity, input: 7 })));
      const [aside] = await asides();
      expect(aside?.reason).toContain('output_tokens is Infinity');
      expect(aside?.reason).toContain('attempts[0].usage.output is Infinity');
      expect(JSON.parse(aside?.row ?? '')).toMatchObject({
        id: 'call_1',
        input_tokens: 7,
        output_tokens: 'Infinity',
      });
    });

    it('is found out where absurd counts cancel each other out', async () => {
      await store.ledger.record(
        withAttempts('call_1', attempt({ input: 9e15 }), attempt({ input: -9e15 })),
      );
      expect(await asides()).toHaveLength(1);
    });

    it.each([
      ['a time that is none', { latencyMs: NaN }, { latency_ms: 0 }],
      ['a first word before the beginning of time', { ttftMs: -Infinity }, { ttft_ms: null }],
      ['a saving beyond all sums', { savedNanoUsd: 1e300 }, { saved_usd: 1e6 }],
    ])('for %s alone is charged what it used', async (_, meta, written) => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      await store.ledger.record(withMeta('call_1', meta), [claim(10, { charge: 55 })]);
      expect(await row('call_1')).toMatchObject({ error_code: null, ...written });
      expect(await asides()).toHaveLength(1);
      expect([await standing(store), await ledgerSum(store)]).toEqual([[10, 0], 10]);
    });

    it('for its counts is charged what its crash record says, and its hold ends', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      const standings = await store.ledger.record(withAttempts('call_1', attempt({ input: -1 })), [
        claim(10, { charge: 55 }),
      ]);
      expect(standings).toMatchObject([{ used: 55, held: 0 }]);
      expect(await row('call_1')).toMatchObject({
        error_code: 'row_set_aside',
        finish: 'complete',
        cost_usd: 55e-9,
      });
      expect([await standing(store), await ledgerSum(store)]).toEqual([[55, 0], 55]);
    });

    it('for its charge is charged what its crash record says', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      await store.ledger.record(spent('call_1', 10), [claim(NaN)]);
      expect([await standing(store), await ledgerSum(store)]).toEqual([[55, 0], 55]);
    });

    it('again changes nothing', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      const call = withAttempts('call_1', attempt({ input: -1 }));
      await store.ledger.record(call, [claim(10)]);
      await store.ledger.record(call, [claim(10)]);
      expect([await standing(store), await ledgerSum(store)]).toEqual([[55, 0], 55]);
    });

    it('leaves the charge of a sweep that came before it', async () => {
      await hold(store, 'call_1', [claim(60, { charge: 55 })]);
      const other = database.open('another process');
      expect(await other.leases.sweep(LATER)).toBe(1);
      await store.ledger.record(withAttempts('call_1', attempt({ input: -1 })), [claim(10)]);
      expect(await row('call_1')).toMatchObject({ error_code: 'process_lost' });
      expect([await standing(store), await ledgerSum(store)]).toEqual([[55, 0], 55]);
    });

    it('leaves meters and sums that can be read', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      for (const id of ['call_1', 'call_2', 'call_3']) {
        await hold(store, id, [claim(most, { limit: Infinity, charge: most })]);
        await store.ledger.record(spent(id, most), [claim(most, { limit: Infinity })]);
      }
      expect(await standing(store)).toEqual([most, 0]);
      expect(await asides()).toHaveLength(3);
      expect(await store.ledger.spent(NOON, null)).toMatchObject({ today: { calls: 3 } });
      await store.ledger.sum({ groupBy: 'model', from: 0, to: LATER }, null);
    });
  });

  describe('the crash record of a dead process', () => {
    const lost = (id: string, meta: Partial<CallMeta>, claims: Claim[]) =>
      store.budgets.hold({
        crashRecord: { ...crashRecord(id, 0), meta: { ...crashRecord(id, 0).meta, ...meta } },
        claims,
        leaseUntil: LEASE,
      });

    it('that cannot be written is set aside, and the others are swept', async () => {
      await lost('call_1', { attempts: [attempt({ input: NaN })] }, [claim(30, { charge: 20 })]);
      await lost('call_2', {}, [claim(30, { charge: 0 })]);
      const other = database.open('another process');
      expect(await other.leases.sweep(LATER)).toBe(2);
      expect(await standing(store)).toEqual([20, 0]);
      expect(await asides()).toMatchObject([{ call: 'call_1' }]);
      expect(await row('call_1')).toMatchObject({ error_code: 'process_lost' });
      expect(await row('call_2')).toMatchObject({ error_code: 'process_lost' });
    });
  });

  it('whatever a call says it used, the calls after it are written and nothing stays held', async () => {
    const odd = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.constant(null),
      fc.bigInt().map(Number),
    );
    const calls = fc.array(fc.record({ input: odd, output: odd, cost: odd }), { maxLength: 8 });
    let id = 0;
    await fc.assert(
      fc.asyncProperty(calls, async (said) => {
        for (const { cost, ...usage } of said) {
          const name = `call_${String((id += 1))}`;
          await hold(store, name, [claim(1, { limit: Infinity })]);
          const call = withAttempts(name, attempt(usage, Number(cost)));
          await store.ledger.record(call, [claim(Number(cost), { limit: Infinity })]);
          expect(await row(name)).toMatchObject({ id: name });
        }
        expect((await standing(store))[1]).toBe(0);
        await store.ledger.spent(NOON, null);
      }),
      { numRuns: 30 },
    );
  });
}
