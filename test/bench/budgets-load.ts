import type { Claim } from '../../src/call/hold.ts';
import type { Store } from '../../src/stores/ports.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

/** How fast calls were admitted and settled; milliseconds. */
export interface PairsMeasured {
  pairs: number;
  seconds: number;
  hold: Percentiles;
  record: Percentiles;
}

interface Percentiles {
  p50: number;
  p99: number;
}

const CLAIM: Claim = {
  budget: 'everybody',
  subject: '',
  windowStart: 0,
  unit: 'usd',
  limit: 1e15,
  thresholds: [50, 80, 100],
  amount: 5_000_000,
  charge: 5_000_000,
};
const USED = 1_234_567;

/**
 * So many loops on one budget at once, each: reserve, settle with the ledger row, again.
 * @param until milliseconds since the epoch
 */
export async function admitAndSettle(
  store: Store,
  { loops, until, name }: { loops: number; until: number; name: string },
): Promise<PairsMeasured> {
  const holds: number[] = [];
  const records: number[] = [];
  const from = performance.now();
  const loop = async (_: unknown, index: number): Promise<void> => {
    for (let turn = 0; Date.now() < until; turn += 1) {
      const call = fakeCall(
        { id: `call_${name}_${String(index)}_${String(turn)}` },
        { startedAt: Date.now(), attempts: [fakeAttempt({ costNanoUsd: USED })] },
      );
      const started = performance.now();
      const leaseUntil = Date.now() + 30_000;
      const { held } = await store.budgets.hold({ epitaph: call, claims: [CLAIM], leaseUntil });
      if (!held) throw new Error('the budget of the bench is spent');
      const admitted = performance.now();
      await store.ledger.record(call, [{ ...CLAIM, amount: USED }]);
      holds.push(admitted - started);
      records.push(performance.now() - admitted);
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return {
    pairs: holds.length,
    seconds: (performance.now() - from) / 1_000,
    hold: percentiles(holds),
    record: percentiles(records),
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
