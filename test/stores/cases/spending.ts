import type { Call, CallMeta } from '../../../src/core/call/call.ts';
import type { Claim, Meter, Standing } from '../../../src/core/call/hold.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';

export const NOON = Date.parse('2026-11-23T12:00:00Z');
export const LEASE = NOON + 30_000;
export const LATER = NOON + 60_000;

export const METER: Meter = {
  budget: 'red',
  subject: 'team-1',
  counts: 'team usd hour',
  windowStart: NOON,
};
export const OTHER: Meter = {
  budget: 'all',
  subject: '',
  counts: 'all usd hour',
  windowStart: NOON - 1_000,
};

/** 100 nano-dollars may be used, of which so much is claimed. */
export const claim = (amount: number, over: Partial<Claim> = {}): Claim => ({
  ...METER,
  windowEnd: NOON + 3_600_000,
  unit: 'usd',
  limit: 100,
  thresholds: [50, 80, 100],
  amount,
  charge: 0,
  mayPass: 0,
  ...over,
});

/** A call that has cost so many nano-dollars. */
export const spent = (id: string, nanoUsd: number, meta: Partial<CallMeta> = {}): Call =>
  fakeCall(
    { id },
    {
      startedAt: NOON,
      latencyMs: 500,
      finish: 'complete',
      attempts: nanoUsd === 0 ? [] : [fakeAttempt({ costNanoUsd: nanoUsd })],
      ...meta,
    },
  );

/** The row of a call whose process died when so many nano-dollars may have been spent. */
export const crashRecord = (id: string, nanoUsd: number): Call =>
  spent(id, nanoUsd, { finish: 'error', errorCode: 'process_lost' });

/** Reserve, with what is charged if the process dies now. */
export const hold = (
  store: Store,
  id: string,
  claims: readonly Claim[],
): Promise<{ held: boolean; standings: Standing[] }> =>
  store.budgets.hold({
    crashRecord: crashRecord(id, claims[0]?.charge ?? 0),
    claims,
    leaseUntil: LEASE,
  });

/** Used and held of a meter. */
export async function standing(store: Store, meter: Meter = METER): Promise<[number, number]> {
  const [found] = await store.budgets.standings([meter]);
  return [found?.used ?? NaN, found?.held ?? NaN];
}

/** Nano-dollars of all ledger rows together. */
export async function ledgerSum(store: Store): Promise<number> {
  const [all] = await store.ledger.sum({ groupBy: 'all', from: 0, to: LATER * 2 }, null);
  return Math.round((all?.cost_usd ?? 0) * 1e9);
}
