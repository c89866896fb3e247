import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL } from '../../../src/core/call/principal.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import { buildLedgerQueries } from '../../../src/ledger/queries.ts';
import type { Grouping, Store, Viewer } from '../../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import type { Database } from './database.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 3600 * 1000;

/** Who sees which calls, over any store. */
export function viewerCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  const record = (id: string, principal: string, startedAt = NOON) =>
    store.ledger.record(
      fakeCall(
        { id, principal: { ...LOCAL, id: principal } },
        {
          startedAt,
          attempts: [
            fakeAttempt({
              costNanoUsd: 1_000,
              usage: {
                ...NO_USAGE,
                input: 1,
                output: 10,
                thinking: 5,
                cache_read: 100,
                cache_write_5m: 1_000,
                cache_write_1h: 10_000,
              },
            }),
          ],
        },
      ),
    );

  describe('a viewer', () => {
    beforeEach(async () => {
      await record('call_1', 'ada');
      await record('call_2', 'bob');
      await record('call_3', 'ada');
    });

    it('sees a call of its own and none of others', async () => {
      expect(await store.ledger.get('call_1', 'ada')).toMatchObject({ principal: 'ada' });
      expect(await store.ledger.get('call_2', 'ada')).toBeNull();
      expect(await store.ledger.get('call_2', null)).toMatchObject({ principal: 'bob' });
    });

    it('hears of a call of others as of one that is not there', async () => {
      const ledger = buildLedgerQueries(store.ledger, () => NOON, 'ada');
      const sayOf = (id: string) =>
        ledger.call(id).then(
          () => 'found',
          (error: unknown) => (error as Error).message,
        );
      const others = await sayOf('call_2');
      expect(others).toBe((await sayOf('call_9')).replace('call_9', 'call_2'));
      expect(others).toContain('call_2');
    });

    it('lists its own, page by page', async () => {
      const ids = async (viewer: Viewer, before?: string) =>
        (await store.ledger.list({ limit: 9, before }, viewer)).map(({ id }) => id);
      expect(await ids('ada')).toEqual(['call_3', 'call_1']);
      expect(await ids('ada', 'call_3')).toEqual(['call_1']);
      expect(await ids('eve')).toEqual([]);
      expect(await ids(null)).toEqual(['call_3', 'call_2', 'call_1']);
    });

    it.each<Grouping>(['all', 'tool', 'model', 'day', 'principal'])(
      'sums its own by %s',
      async (groupBy) => {
        const count = async (viewer: Viewer) =>
          (await store.ledger.sum({ groupBy, from: 0, to: NOON + 1 }, viewer)).map(
            ({ calls }) => calls,
          );
        expect(await count('ada')).toEqual([2]);
        expect(await count('eve')).toEqual([]);
        expect(await count(null)).toEqual(groupBy === 'principal' ? [2, 1] : [3]);
      },
    );
  });

  describe('what was spent', () => {
    it('is of today and of this month, UTC, and whose it is', async () => {
      await record('call_1', 'ada', Date.parse('2026-11-23T00:00:00.000Z'));
      await record('call_2', 'ada', Date.parse('2026-11-23T23:59:59.999Z'));
      await record('call_3', 'bob', NOON);
      await record('call_4', 'ada', Date.parse('2026-11-01T00:00:00.000Z'));
      await record('call_5', 'ada', Date.parse('2026-10-31T23:59:59.999Z'));
      await record('call_6', 'ada', NOON + DAY);
      const today = { since: '2026-11-23T00:00:00.000Z', calls: 2, tokens: 22_222, usd: 2e-6 };
      const month = { since: '2026-11-01T00:00:00.000Z', calls: 3, tokens: 33_333, usd: 3e-6 };
      expect(await store.ledger.spent(NOON, 'ada')).toEqual({ today, this_month: month });
      expect(await store.ledger.spent(NOON, null)).toMatchObject({
        today: { calls: 3, tokens: 33_333 },
        this_month: { calls: 4, usd: 4e-6 },
      });
      expect(await store.ledger.spent(NOON, 'eve')).toMatchObject({
        today: { calls: 0, tokens: 0, usd: 0 },
        this_month: { calls: 0 },
      });
    });

    it('is asked through the books for the viewer and for now', async () => {
      await record('call_1', 'ada');
      await record('call_2', 'bob');
      const spentBy = async (viewer: Viewer) =>
        (await buildLedgerQueries(store.ledger, () => NOON, viewer).spent()).today.calls;
      expect([await spentBy('ada'), await spentBy(null)]).toEqual([1, 2]);
    });

    it('counts a call once, however often it is recorded', async () => {
      await record('call_1', 'ada');
      await record('call_1', 'ada');
      expect((await store.ledger.spent(NOON, 'ada')).today.calls).toBe(1);
    });
  });
}
