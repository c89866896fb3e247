import type { Claim } from '../../src/core/call/hold.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

/** What one process must be able to do, pairs a second. */
export const RATE = 5_000;

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
  counts: 'all usd day',
  windowStart: 0,
  windowEnd: Date.now() + 86_400_000,
  unit: 'usd',
  limit: 1e15,
  thresholds: [50, 80, 100],
  amount: 5_000_000,
  charge: 5_000_000,
  mayPass: 0,
};
const USED = 1_234_567;

interface Load {
  name: string;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Reserve and settle with the ledger row. @returns when it was reserved and when settled */
async function pair(store: Store, id: string): Promise<[reserved: number, settled: number]> {
  const meta = { startedAt: Date.now(), attempts: [fakeAttempt({ costNanoUsd: USED })] };
  const call = fakeCall({ id: `call_${id}` }, meta);
  const leaseUntil = Date.now() + 30_000;
  const { held } = await store.budgets.hold({ crashRecord: call, claims: [CLAIM], leaseUntil });
  if (!held) throw new Error('the budget of the bench is spent');
  const reserved = performance.now();
  await store.ledger.record(call, [{ ...CLAIM, amount: USED }]);
  return [reserved, performance.now()];
}

/** So many loops on one budget at once, as fast as they come. */
export async function admitAndSettle(
  store: Store,
  { loops, until, name }: Load & { loops: number },
): Promise<PairsMeasured> {
  const holds: number[] = [];
  const records: number[] = [];
  const from = performance.now();
  const loop = async (_: unknown, index: number): Promise<void> => {
    for (let turn = 0; Date.now() < until; turn += 1) {
      const started = performance.now();
      const [reserved, settled] = await pair(store, `${name}_${String(index)}_${String(turn)}`);
      holds.push(reserved - started);
      records.push(settled - reserved);
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return toMeasured(holds, records, from);
}

/** So many pairs a second, whether the store keeps up or not: each is timed from when it was due. */
export async function admitAndSettleAtRate(
  store: Store,
  { perSecond, until, name }: Load & { perSecond: number },
): Promise<PairsMeasured> {
  const holds: number[] = [];
  const records: number[] = [];
  const running = new Set<Promise<void>>();
  const from = performance.now();
  const start = async (nth: number): Promise<void> => {
    const due = from + (nth * 1_000) / perSecond;
    const [reserved, settled] = await pair(store, `${name}_${String(nth)}`);
    holds.push(reserved - due);
    records.push(settled - reserved);
  };
  for (let nth = 0; Date.now() < until;) {
    while (from + (nth * 1_000) / perSecond <= performance.now()) {
      const one = start(nth).finally(() => running.delete(one));
      running.add(one);
      nth += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(running);
  return toMeasured(holds, records, from);
}

const toMeasured = (
  holds: readonly number[],
  records: readonly number[],
  from: number,
): PairsMeasured => ({
  pairs: holds.length,
  seconds: (performance.now() - from) / 1_000,
  hold: percentiles(holds),
  record: percentiles(records),
});

function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
