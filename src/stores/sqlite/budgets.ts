import type { Database } from 'better-sqlite3';
import type { Claim, Meter, Standing } from '../../core/call/hold.ts';
import type { BudgetStore } from '../ports/store.ts';
import { answer } from './answer.ts';
import { toRow } from './call-row.ts';
import { openDefinitions } from './definitions.ts';
import { claimOn, openHolds } from './holds.ts';
import { checkAmounts, openMeters } from './meters.ts';
import type { Writer } from './writer.ts';

const RESET = `
  UPDATE meters SET reset = used
  WHERE budget = @budget AND counts IN (@counts, '') AND window_start = @windowStart
    AND (@subject IS NULL OR subject = @subject)`;

/** @param processId whose holds are meant to end when this process is gone */
export function openBudgetStore(
  db: Database,
  writer: Writer,
  processId: string,
): Omit<BudgetStore, 'passed'> {
  const meters = openMeters(db);
  const holds = openHolds(db, meters);
  const reset = db.prepare<Omit<Meter, 'subject'> & { subject: string | null }>(RESET);

  return {
    async hold({ crashRecord, claims, leaseUntil }) {
      checkAmounts(claims);
      const call = crashRecord.id;
      // Now, since the call goes on while this waits for its turn.
      const row = JSON.stringify(toRow(crashRecord));
      return writer.write(() => {
        const before = holds.claimsOf(call) ?? [];
        const standings = claims.map((claim) => meters.standing(claim));
        if (!claims.every((claim, at) => fits(claim, standings[at], claimOn(before, claim)))) {
          return { held: false, standings };
        }
        holds.put({ call, process: processId, leaseUntil, epitaph: row }, claims, before);
        return { held: true, standings: claims.map((claim) => meters.standing(claim)) };
      });
    },

    standings: (asked) => answer(() => asked.map((meter) => meters.standing(meter))),

    reset: (meters) =>
      writer.write(() => {
        reset.run(meters);
      }),

    ...openDefinitions(db, writer),
  };
}

/**
 * Whether a claim has room on its meter beside what is used and what others hold. What a call holds
 * already it may always hold less of, whatever the limit is by now. Of those that may pass it there
 * is one at a time: so much, and no more, can a limit be passed by.
 */
const fits = (
  { amount, mayPass, limit }: Claim,
  { used, held, mayPass: allMayPass }: Omit<Standing, keyof Meter> = NOTHING,
  own: Pick<Claim, 'amount' | 'mayPass'>,
): boolean =>
  (used + held - own.amount + amount <= limit || amount <= own.amount) &&
  (mayPass <= own.mayPass || allMayPass === own.mayPass);

const NOTHING = { used: 0, held: 0, mayPass: 0 };
