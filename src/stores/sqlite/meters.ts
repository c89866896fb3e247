import type { Database } from 'better-sqlite3';
import type { Claim, Meter, Standing } from '../../call/hold.ts';

/** How a meter stands, and the part of what is held that one call holds. */
interface Look {
  used: number;
  held: number;
  own: number;
}

/** What raises the events of a meter. */
type Watched = Meter & Pick<Claim, 'unit' | 'limit' | 'thresholds'>;

/** The call that uses something, and when; milliseconds since the epoch. */
export interface Cause {
  call: string;
  at: number;
}

/** Where claims are counted. What writes runs inside a transaction of the caller. */
export interface Meters {
  look(meter: Meter, call: string): Look;
  standing(meter: Meter): Standing;
  /** Add to what is used, or take off where a charge turned out too high. */
  use(meter: Watched, amount: number, cause: Cause): void;
}

const LOOK = `
  SELECT
    coalesce((SELECT used - reset FROM meters
      WHERE budget = @budget AND subject = @subject AND window_start = @windowStart), 0) AS used,
    coalesce(sum(amount), 0) AS held,
    coalesce(sum(amount) FILTER (WHERE call = @call), 0) AS own
  FROM held WHERE budget = @budget AND subject = @subject AND window_start = @windowStart`;

// What a reset took off cannot be more than was used: a charge may be lowered after the reset.
const USE = `
  INSERT INTO meters (budget, subject, window_start, used)
  VALUES (@budget, @subject, @windowStart, max(0, @amount))
  ON CONFLICT (budget, subject, window_start)
  DO UPDATE SET used = max(0, used + @amount), reset = min(reset, max(0, used + @amount))
  RETURNING used - reset`;

const PASS = `
  INSERT OR IGNORE INTO budget_events
    (at, budget, subject, window_start, percent, unit, unit_limit, used, call)
  VALUES (@at, @budget, @subject, @windowStart, @percent, @unit, @limit, @used, @call)`;

export function openMeters(db: Database): Meters {
  const look = db.prepare<Meter & { call: string }, Look>(LOOK);
  const use = db.prepare<Meter & { amount: number }, number>(USE).pluck();
  const pass = db.prepare<Watched & Cause & { percent: number; used: number }>(PASS);

  const lookAt = (meter: Meter, call: string): Look =>
    look.get({ ...meter, call }) ?? { used: 0, held: 0, own: 0 };

  return {
    look: lookAt,
    standing: (meter) => toStanding(meter, lookAt(meter, '')),
    use(meter, amount, cause) {
      if (amount === 0) return;
      const used = use.get({ ...meter, amount }) ?? 0;
      for (const percent of passed(meter, used - amount, used)) {
        pass.run({ ...meter, ...cause, limit: storable(meter.limit), percent, used });
      }
    },
  };
}

export const toStanding = (
  { budget, subject, windowStart }: Meter,
  { used, held }: Pick<Look, 'used' | 'held'>,
): Standing => ({ budget, subject, windowStart, used, held });

/** Thresholds that are reached now and were not before. */
const passed = ({ limit, thresholds }: Watched, before: number, after: number): number[] =>
  thresholds.filter((percent) => {
    const threshold = (limit * percent) / 100;
    return before < threshold && after >= threshold;
  });

/** Limits beyond what is counted exactly are never reached. */
export const storable = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER);

/**
 * What is no exact amount must not be counted as something else.
 * @throws RangeError
 */
export function checkAmounts(claims: readonly Claim[]): void {
  for (const { budget, amount, charge } of claims) {
    if (isAmount(amount) && isAmount(charge)) continue;
    throw new RangeError(
      `a claim on the budget "${budget}" must be in whole amounts, not ${String(amount)} and ${String(charge)}`,
    );
  }
}

const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 0;
