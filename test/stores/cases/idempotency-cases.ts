import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Begun, IdempotencyStore, IdempotentCall } from '../../../src/stores/ports/store.ts';

/** One store as two processes see it. */
export interface TwoProcesses {
  store: IdempotencyStore;
  other: IdempotencyStore;
  close: () => Promise<void>;
}

const LEASE_MS = 100;
const at = (now: number) => ({ now, leaseUntil: now + LEASE_MS });
const asked = (callId: string, over: Partial<IdempotentCall> = {}): IdempotentCall => ({
  principal: 'shop',
  key: 'order-7',
  bodyHash: 'body',
  callId,
  ...over,
});
const MINE: Begun = { state: 'mine' };
const running = (callId: string): Begun => ({ state: 'running', callId });
const done = (callId: string, outcome: string): Begun => ({ state: 'done', callId, outcome });

/** What every store has to keep of idempotency keys. */
export function idempotencyCases(open: () => Promise<TwoProcesses>): void {
  let store: IdempotencyStore;
  let other: IdempotencyStore;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, other, close } = await open());
  });
  afterEach(() => close());

  describe('an idempotency key', () => {
    it('belongs to the first call that begins with it, in every process', async () => {
      expect(await store.begin(asked('a'), at(0))).toEqual(MINE);
      expect(await store.begin(asked('b'), at(1))).toEqual(running('a'));
      expect(await other.begin(asked('c'), at(2))).toEqual(running('a'));
    });

    it('has the outcome of its call from when that is finished', async () => {
      await store.begin(asked('a'), at(0));
      await store.finish(asked('a'), '{"x":1}', 5_000);
      expect(await store.begin(asked('b'), at(10))).toEqual(done('a', '{"x":1}'));
      expect(await other.begin(asked('c'), at(5_000))).toEqual(done('a', '{"x":1}'));
    });

    it('stands for one body, while its call runs and after', async () => {
      const elsewhere = asked('b', { bodyHash: 'another' });
      const mismatch: Begun = { state: 'mismatch', callId: 'a' };
      await store.begin(asked('a'), at(0));
      expect(await other.begin(elsewhere, at(1))).toEqual(mismatch);
      await store.finish(asked('a'), '1', 5_000);
      expect(await other.begin(elsewhere, at(2))).toEqual(mismatch);
    });

    it('is another one for another principal', async () => {
      await store.begin(asked('a'), at(0));
      await store.finish(asked('a'), '1', 5_000);
      expect(await store.begin(asked('b', { principal: 'bank' }), at(1))).toEqual(MINE);
      expect(await store.begin(asked('c', { key: 'order-8' }), at(1))).toEqual(MINE);
      expect(await store.begin(asked('d'), at(1))).toEqual(done('a', '1'));
    });

    it('is free once it is given up, also for another body', async () => {
      await store.begin(asked('a'), at(0));
      await store.abandon(asked('a'));
      expect(await other.begin(asked('b', { bodyHash: 'another' }), at(1))).toEqual(MINE);
    });

    it('is not given up once it has an outcome', async () => {
      await store.begin(asked('a'), at(0));
      await store.finish(asked('a'), '1', 5_000);
      await store.abandon(asked('a'));
      expect(await store.begin(asked('b'), at(1))).toEqual(done('a', '1'));
    });

    it('is free when its outcome is past its time', async () => {
      await store.begin(asked('a'), at(0));
      await store.finish(asked('a'), '1', 5_000);
      expect(await other.begin(asked('b', { bodyHash: 'another' }), at(5_001))).toEqual(MINE);
      expect(await store.begin(asked('c', { bodyHash: 'another' }), at(5_002))).toEqual(
        running('b'),
      );
    });

    it('goes to the next call when the lease of the first has ended, and not before', async () => {
      await store.begin(asked('a'), at(0));
      expect(await other.begin(asked('b'), at(LEASE_MS))).toEqual(running('a'));
      expect(await other.begin(asked('b'), at(LEASE_MS + 1))).toEqual(MINE);
    });

    it('does not hear of a call that comes late, after the next took over', async () => {
      await store.begin(asked('a'), at(0));
      await other.begin(asked('b'), at(LEASE_MS + 1));
      await store.finish(asked('a'), 'late', 5_000);
      await store.abandon(asked('a'));
      expect(await store.begin(asked('c'), at(LEASE_MS + 2))).toEqual(running('b'));
      await other.finish(asked('b'), '2', 5_000);
      await store.finish(asked('a'), 'later still', 9_000);
      expect(await store.begin(asked('c'), at(LEASE_MS + 3))).toEqual(done('b', '2'));
    });

    it('has one owner when fifty calls of two processes begin at the same moment', async () => {
      const ids = Array.from({ length: 50 }, (_, i) => `call_${String(i)}`);
      const all = await Promise.all(
        ids.map((id, i) => (i % 2 === 0 ? store : other).begin(asked(id), at(0))),
      );
      const owner = ids[all.findIndex(({ state }) => state === 'mine')] ?? '';
      expect(all.filter(({ state }) => state === 'mine')).toHaveLength(1);
      expect(all.filter(({ state }) => state !== 'mine')).toEqual(
        Array.from({ length: 49 }, () => running(owner)),
      );
    });

    it('behaves as a list of owners with ends would, whatever is asked of it', async () => {
      let keys = 0;
      const step = fc.record({
        does: fc.constantFrom('begin' as const, 'finish' as const, 'abandon' as const),
        callId: fc.constantFrom('a', 'b', 'c'),
        bodyHash: fc.constantFrom('body', 'another'),
        elapsed: fc.constantFrom(0, 1, LEASE_MS, LEASE_MS + 1),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          const key = `key_${String((keys += 1))}`;
          const model = openModel();
          let now = 0;
          for (const [index, { does, elapsed, ...rest }] of steps.entries()) {
            const call = asked(rest.callId, { ...rest, key });
            const told = index % 2 === 0 ? store : other;
            now += elapsed;
            if (does === 'begin') {
              expect(await told.begin(call, at(now))).toEqual(model.begin(call, now));
            } else if (does === 'finish') {
              await told.finish(call, String(index), now + 2 * LEASE_MS);
              model.finish(call, String(index), now + 2 * LEASE_MS);
            } else {
              await told.abandon(call);
              model.abandon(call);
            }
          }
        }),
      );
    });
  });
}

/** The rules once more, for one key, without a store. */
function openModel() {
  let owner: (IdempotentCall & { until: number; outcome: string | null }) | null = null;
  return {
    begin(call: IdempotentCall, now: number): Begun {
      if (!owner || owner.until < now) {
        owner = { ...call, until: now + LEASE_MS, outcome: null };
        return MINE;
      }
      const { callId, bodyHash, outcome } = owner;
      if (bodyHash !== call.bodyHash) return { state: 'mismatch', callId };
      return outcome === null ? running(callId) : done(callId, outcome);
    },
    finish({ callId }: IdempotentCall, outcome: string, until: number): void {
      if (owner?.callId === callId) owner = { ...owner, outcome, until };
    },
    abandon({ callId }: IdempotentCall): void {
      if (owner?.callId === callId && owner.outcome === null) owner = null;
    },
  };
}
