import type { Database } from 'better-sqlite3';
import type { Claim, Meter } from '../../core/call/hold.ts';
import type { Meters } from './meters.ts';

interface HoldRow {
  call: string;
  process: string;
  leaseUntil: number;
  /** CallRow as JSON. */
  epitaph: string;
}

/** A hold whose process has not renewed its lease. */
type Orphan = Pick<HoldRow, 'call' | 'epitaph'>;

/**
 * The rows of what is reserved. Everything here runs inside a transaction of the caller, and so do
 * the sums of the meters: a meter holds what the rows of its holds say, at every moment.
 */
export interface HoldRows {
  /** Claims of a call; null where it has no hold. */
  claimsOf(call: string): readonly Claim[] | null;
  /**
   * The new claims take the place of those of `before`.
   * @throws Error when the call has a ledger row: its hold has ended
   */
  put(hold: HoldRow, claims: readonly Claim[], before: readonly Claim[]): void;
  /** @returns what was reserved; null where there was no hold */
  drop(call: string): readonly Claim[] | null;
  /** The row of a call if its process died now, CallRow as JSON; null where it has no hold. */
  epitaphOf(call: string): string | null;
  /** Those of other processes whose lease ended before `now`, the oldest first. */
  orphans(now: number, own: string, limit: number): Orphan[];
}

// The row of a call ends it: a process that was stopped for longer than its lease may come back.
const PUT = `
  INSERT INTO holds (call, process, lease_until, claims, epitaph)
  SELECT @call, @process, @leaseUntil, @claims, @epitaph
  WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = @call)
  ON CONFLICT (call) DO UPDATE SET
    lease_until = excluded.lease_until, claims = excluded.claims, epitaph = excluded.epitaph`;

export function openHolds(db: Database, meters: Meters): HoldRows {
  const put = db.prepare<HoldRow & { claims: string }>(PUT);
  const find = db.prepare<[string], string>('SELECT claims FROM holds WHERE call = ?').pluck();
  const epitaph = db.prepare<[string], string>('SELECT epitaph FROM holds WHERE call = ?').pluck();
  const drop = db.prepare<[string]>('DELETE FROM holds WHERE call = ?');
  const expired = db.prepare<[number, string, number], Orphan>(
    `SELECT call, epitaph FROM holds WHERE lease_until < ? AND process <> ?
     ORDER BY lease_until LIMIT ?`,
  );

  const claimsOf = (call: string): Claim[] | null => {
    const claims = find.get(call);
    return claims === undefined ? null : toClaims(claims);
  };

  return {
    claimsOf,
    put(hold, claims, before) {
      if (put.run({ ...hold, claims: JSON.stringify(claims) }).changes === 0) {
        throw new Error(`the hold of ${hold.call} has ended: its ledger row is written`);
      }
      for (const claim of claims) meters.hold(claim, less(claim, claimOn(before, claim)));
      for (const each of before) {
        if (claimOn(claims, each) === NO_CLAIM) meters.hold(each, less(NO_CLAIM, each));
      }
    },
    drop(call) {
      const claims = claimsOf(call);
      if (claims === null) return null;
      for (const claim of claims) meters.hold(claim, less(NO_CLAIM, claim));
      drop.run(call);
      return claims;
    },
    epitaphOf: (call) => epitaph.get(call) ?? null,
    orphans: (now, own, limit) => expired.all(now, own, limit),
  };
}

/** Claims of before 007 do not say what they count, as the meters that they are on do not. */
const toClaims = (json: string): Claim[] =>
  (JSON.parse(json) as Claim[]).map((claim) => ({ ...OLDER, ...claim }));

const OLDER = { counts: '', mayPass: 0 };

type Reserved = Pick<Claim, 'amount' | 'mayPass'>;

const NO_CLAIM: Reserved = { amount: 0, mayPass: 0 };

/** Amounts reserved on a meter. */
export const claimOn = (claims: readonly Claim[], meter: Meter): Reserved =>
  claims.find((claim) => isSame(claim, meter)) ?? NO_CLAIM;

const less = (all: Reserved, part: Reserved): Reserved => ({
  amount: all.amount - part.amount,
  mayPass: all.mayPass - part.mayPass,
});

const isSame = (a: Meter, b: Meter): boolean =>
  a.budget === b.budget &&
  a.subject === b.subject &&
  a.counts === b.counts &&
  a.windowStart === b.windowStart;
