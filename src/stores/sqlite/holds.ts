import type { Database } from 'better-sqlite3';
import type { Unit } from '../../../schemas/budget.ts';
import type { Claim } from '../../call/hold.ts';
import type { CallRow } from './call-row.ts';
import { storable } from './meters.ts';

interface HoldRow {
  call: string;
  process: string;
  leaseUntil: number;
  /** CallRow as JSON. */
  epitaph: string;
}

interface HeldRow {
  call: string;
  budget: string;
  subject: string;
  windowStart: number;
  amount: number;
  charge: number;
  unit: Unit;
  limit: number;
  /** Percentages as JSON. */
  thresholds: string;
}

/** A hold whose process has not renewed its lease. */
interface Orphan {
  call: string;
  epitaph: CallRow;
  claims: Claim[];
}

/** The rows of what is reserved. Everything here runs inside a transaction of the caller. */
export interface Holds {
  /**
   * The new claims take the place of those of before.
   * @throws Error when the call has a ledger row: its hold has ended
   */
  put(hold: HoldRow, claims: readonly Claim[]): void;
  /** @returns whether there was one */
  drop(call: string): boolean;
  /** Whose lease ended before `now`, the oldest first. */
  orphans(now: number, limit: number): Orphan[];
}

// The row of a call ends it: a process that was stopped for longer than its lease may come back.
const PUT = `
  INSERT INTO holds (call, process, lease_until, epitaph)
  SELECT @call, @process, @leaseUntil, @epitaph
  WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = @call)
  ON CONFLICT (call) DO UPDATE SET lease_until = excluded.lease_until, epitaph = excluded.epitaph`;

const PUT_HELD = `
  INSERT INTO held
    (budget, subject, window_start, call, amount, charge, unit, unit_limit, thresholds)
  VALUES (@budget, @subject, @windowStart, @call, @amount, @charge, @unit, @limit, @thresholds)`;

const HELD_BY_CALL = `
  SELECT call, budget, subject, window_start AS windowStart, amount, charge, unit,
    unit_limit AS "limit", thresholds
  FROM held WHERE call = ?`;

export function openHolds(db: Database): Holds {
  const put = db.prepare<HoldRow>(PUT);
  const drop = db.prepare<[string]>('DELETE FROM holds WHERE call = ?');
  const putHeld = db.prepare<HeldRow>(PUT_HELD);
  const dropHeld = db.prepare<[string]>('DELETE FROM held WHERE call = ?');
  const heldBy = db.prepare<[string], HeldRow>(HELD_BY_CALL);
  const expired = db.prepare<[number, number], { call: string; epitaph: string }>(
    'SELECT call, epitaph FROM holds WHERE lease_until < ? ORDER BY lease_until LIMIT ?',
  );
  return {
    put(hold, claims) {
      if (put.run(hold).changes === 0) {
        throw new Error(`the hold of ${hold.call} has ended: its ledger row is written`);
      }
      dropHeld.run(hold.call);
      for (const claim of claims) putHeld.run(toHeld(claim, hold.call));
    },
    drop(call) {
      dropHeld.run(call);
      return drop.run(call).changes > 0;
    },
    orphans: (now, limit) =>
      expired.all(now, limit).map(({ call, epitaph }) => ({
        call,
        epitaph: JSON.parse(epitaph) as CallRow,
        claims: heldBy.all(call).map(toClaim),
      })),
  };
}

const toHeld = ({ thresholds, limit, ...claim }: Claim, call: string): HeldRow => ({
  ...claim,
  call,
  limit: storable(limit),
  thresholds: JSON.stringify(thresholds),
});

const toClaim = ({ thresholds, ...row }: HeldRow): Claim => ({
  ...row,
  thresholds: JSON.parse(thresholds) as number[],
});
