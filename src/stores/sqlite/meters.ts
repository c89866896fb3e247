import type { Database } from 'better-sqlite3';
import type { Claim, Meter, Standing } from '../../core/call/hold.ts';

/** A meter that raises events. */
type WatchedMeter = Meter & Pick<Claim, 'windowEnd' | 'unit' | 'limit' | 'thresholds'>;

/** The call that uses something, and when; milliseconds since the epoch. */
export interface Cause {
  call: string;
  at: number;
}

/** Counters of claims. Writes are for inside a transaction of the caller. */
export interface Meters {
  standing(meter: Meter): Standing;
  /** Add to what is held, and to what may be used beyond it, or take off. */
  hold(meter: WatchedMeter, more: Pick<Claim, 'amount' | 'mayPass'>): void;
  /** Add to what is used, or take off where a charge turned out too high. */
  use(meter: WatchedMeter, amount: number, cause: Cause): void;
}

/** Beyond it a sum is no exact number any more, and the driver refuses to read it. */
const MOST = String(Number.MAX_SAFE_INTEGER);

const KEY = `budget = @budget AND subject = @subject AND counts IN (@counts, '')
  AND window_start = @windowStart`;

// Rows of before 007 do not say what they count: whatever has their name goes on counting on them.
const LOOK = `
  SELECT total(used - reset) AS used, total(held) AS held, total(may_pass) AS mayPass
  FROM meters WHERE ${KEY}`;

const HOLD = `
  INSERT INTO meters (budget, subject, counts, window_start, used, held, may_pass, forget_at)
  VALUES (@budget, @subject, @counts, @windowStart, 0, @amount, @mayPass, @forgetAt)
  ON CONFLICT (budget, subject, counts, window_start)
  DO UPDATE SET held = held + @amount, may_pass = may_pass + @mayPass`;

// A reset cannot have taken off more than was used: a charge may be lowered after the reset.
const USE = `
  INSERT INTO meters (budget, subject, counts, window_start, used, forget_at)
  VALUES (@budget, @subject, @counts, @windowStart, max(0, @amount), @forgetAt)
  ON CONFLICT (budget, subject, counts, window_start)
  DO UPDATE SET used = min(max(0, used + @amount), ${MOST}),
    reset = min(reset, max(0, used + @amount))
  RETURNING used - reset`;

const PASS = `
  INSERT OR IGNORE INTO budget_events
    (at, budget, subject, counts, window_start, percent, unit, unit_limit, used, call)
  VALUES (@at, @budget, @subject, @counts, @windowStart, @percent, @unit, @limit, @used, @call)`;

export function openMeters(db: Database): Meters {
  const look = db.prepare<Meter, Omit<Standing, keyof Meter>>(LOOK);
  const hold = db.prepare<Meter & Pick<Claim, 'amount' | 'mayPass'> & { forgetAt: number }>(HOLD);
  const use = db.prepare<Meter & { amount: number; forgetAt: number }, number>(USE).pluck();
  const pass = db.prepare<WatchedMeter & Cause & { percent: number; used: number }>(PASS);
  return {
    standing: ({ budget, subject, counts, windowStart }) => {
      const meter = { budget, subject, counts, windowStart };
      return { ...meter, ...(look.get(meter) ?? NOTHING) };
    },
    hold(meter, { amount, mayPass }) {
      if (amount === 0 && mayPass === 0) return;
      hold.run({ ...meter, amount, mayPass, forgetAt: forgetAt(meter) });
    },
    use(meter, amount, cause) {
      if (amount === 0) return;
      const used = use.get({ ...meter, amount, forgetAt: forgetAt(meter) }) ?? 0;
      for (const percent of passed(meter, used - amount, used)) {
        pass.run({ ...meter, ...cause, limit: storable(meter.limit), percent, used });
      }
    },
  };
}

const NOTHING = { used: 0, held: 0, mayPass: 0 };

const HOUR_MS = 3_600_000;

/** A window that is over is kept for as long again, and at least for an hour. */
const forgetAt = ({ windowStart, windowEnd }: WatchedMeter): number =>
  windowEnd + Math.max(windowEnd - windowStart, HOUR_MS);

/** Thresholds that are reached now and were not before. */
const passed = ({ limit, thresholds }: WatchedMeter, before: number, after: number): number[] =>
  thresholds.filter((percent) => {
    const threshold = (limit * percent) / 100;
    return before < threshold && after >= threshold;
  });

/** Limits beyond what is counted exactly are never reached. */
const storable = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER);

/**
 * Refuses inexact amounts: none may count as something else.
 * @throws RangeError
 */
export function checkAmounts(claims: readonly Claim[]): void {
  for (const { budget, amount, charge, mayPass } of claims) {
    if (isAmount(amount) && isAmount(charge) && isAmount(mayPass)) continue;
    throw new RangeError(
      `a claim on the budget "${budget}" must be in whole amounts, not ${String(amount)} and ${String(charge)}`,
    );
  }
}

/** Whether all of them are exact amounts. */
export const areAmounts = (claims: readonly Claim[]): boolean =>
  claims.every(({ amount, charge }) => isAmount(amount) && isAmount(charge));

const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 0;
