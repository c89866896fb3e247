import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../src/core/call/call.ts';
import type { Tier } from '../../../src/core/call/cache-lookup.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import { NOW } from './cache-entries.ts';
import type { Database } from './database.ts';

/** What the ledger says of the cache. */
export function cacheUseCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
  });
  afterEach(() => database.remove());

  let calls = 0;
  const said = (tier: Tier | null, over: Partial<Call['meta']> = {}, principal = LOCAL): Call => {
    calls += 1;
    const cache = { tier, entry: 'e', ageMs: 1, stored: false, reason: 'Because.' };
    return fakeCall({ id: `call_${String(calls)}`, principal }, { startedAt: NOW, cache, ...over });
  };
  const day = { from: NOW, to: NOW + 1 };

  describe('what the cache did', () => {
    it('is counted by tier, with what was saved, for calls that a cache was in front of', async () => {
      for (const call of [
        ...[said('exact', { savedNanoUsd: 5 }), said('exact', { savedNanoUsd: 7 })],
        ...[said('judged', { savedNanoUsd: 1 }), said(null), said(null), said(null)],
        said(null, { cache: null }),
        said('shared', { startedAt: NOW - 1 }),
        said('shared', { startedAt: NOW + 1 }),
      ])
        await store.ledger.record(call);
      expect(await store.ledger.cacheUse(day, null)).toEqual({
        tiers: [
          { tier: null, calls: 3, savedNanoUsd: 0 },
          { tier: 'exact', calls: 2, savedNanoUsd: 12 },
          { tier: 'judged', calls: 1, savedNanoUsd: 1 },
        ],
        judge: { attempts: 0, costNanoUsd: 0 },
        embed: { attempts: 0, costNanoUsd: 0 },
      });
    });

    it('has cost what was spent on judges and vectors, not on answers', async () => {
      const attempts = [
        fakeAttempt({ purpose: 'embed', costNanoUsd: 2 }),
        fakeAttempt({ purpose: 'judge', costNanoUsd: 30 }),
        fakeAttempt({ purpose: 'judge', costNanoUsd: 40 }),
        fakeAttempt({ costNanoUsd: 500 }),
      ];
      await store.ledger.record(said(null, { attempts }));
      expect(await store.ledger.cacheUse(day, null)).toMatchObject({
        judge: { attempts: 2, costNanoUsd: 70 },
        embed: { attempts: 1, costNanoUsd: 2 },
      });
    });

    it('is told to each viewer of its own calls', async () => {
      const attempts = [fakeAttempt({ purpose: 'judge', costNanoUsd: 9 })];
      await store.ledger.record(said('exact', { attempts }, { ...LOCAL, id: 'shop' }));
      await store.ledger.record(said('exact'));
      expect(await store.ledger.cacheUse(day, 'shop')).toMatchObject({
        tiers: [{ tier: 'exact', calls: 1 }],
        judge: { attempts: 1 },
      });
      expect((await store.ledger.cacheUse(day, 'nobody')).tiers).toEqual([]);
    });
  });
}
