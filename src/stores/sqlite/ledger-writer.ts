import type { Database } from 'better-sqlite3';
import type { CallBudget } from '../../../schemas/wire/call.ts';
import type { Call } from '../../core/call/call.ts';
import type { Claim, Standing } from '../../core/call/hold.ts';
import type { LedgerWriter } from '../ports/store.ts';
import { insertSql, toRow, type CallRow } from './call-row.ts';
import { openHolds } from './holds.ts';
import { areAmounts, openMeters } from './meters.ts';
import { RowCheck } from './row-check.ts';
import type { SetAside } from './set-aside.ts';
import { buildStandIn } from './stand-in-row.ts';
import { isOfDatabase, messageOf } from './trouble.ts';
import type { RollUp } from './usage/roll-up.ts';
import type { DatabaseWatch } from './watch.ts';
import type { Writer } from './writer.ts';

/** A row that a sweep wrote for a dead process: the only kind that is ever replaced. */
const EPITAPH = 'process_lost';

export interface LedgerParts {
  db: Database;
  writer: Writer;
  sums: Pick<RollUp, 'takeOff'>;
  watch: Pick<DatabaseWatch, 'trouble'>;
  aside: SetAside;
  onSetAside: (call: string, reason: string) => void;
  now: () => number;
}

export function openLedgerWriter({ watch, sums, ...parts }: LedgerParts): LedgerWriter {
  const { db, writer } = parts;
  const meters = openMeters(db);
  const holds = openHolds(db, meters);
  const find = db.prepare<[string], Pick<CallRow, 'error_code'>>(
    'SELECT error_code FROM calls WHERE id = ?',
  );
  const insert = db.prepare<CallRow>(insertSql('REPLACE'));
  const writeStandIn = buildStandIn({ ...parts, meters, holds });

  /** Adds what the claims say was used, without what a sweep has charged for them. */
  const use = (call: Call, claims: readonly Claim[], isCharged: boolean): void => {
    const cause = { call: call.id, at: Math.round(call.meta.startedAt + call.meta.latencyMs) };
    for (const claim of claims) {
      meters.use(claim, claim.amount - (isCharged ? claim.charge : 0), cause);
    }
  };

  const standingsOf = (claims: readonly Claim[]): Standing[] =>
    claims.map((claim) => meters.standing(claim));

  const writeRow = (call: Call, row: CallRow, claims: readonly Claim[]): Promise<Standing[]> =>
    writer.write(() => {
      const before = find.get(row.id);
      if (before && before.error_code !== EPITAPH) return standingsOf(claims);
      holds.drop(row.id);
      use(call, claims, before !== undefined);
      const standings = standingsOf(claims);
      if (before) sums.takeOff(row.id);
      insert.run({ ...row, budget: budgetAfter(call, standings) ?? row.budget });
      return standings;
    });

  return {
    trouble: () => watch.trouble(),
    async record(call, claims = []) {
      const row = toRow(call);
      const check = new RowCheck(row, call.meta.attempts);
      const reason = check.reason ?? (areAmounts(claims) ? null : NO_AMOUNTS);
      if (reason !== null) return writeStandIn({ row, check, claims, reason });
      try {
        return await writeRow(call, row, claims);
      } catch (error) {
        if (isOfDatabase(error)) throw error;
        return writeStandIn({ row, check, claims, reason: messageOf(error) });
      }
    },
  };
}

const NO_AMOUNTS = 'what its budgets are charged is no whole amount';

/** The column `budget` with the limits as they stand once the call is settled. */
function budgetAfter({ meta }: Call, standings: readonly Standing[]): string | null {
  if (!meta.budget || !meta.settlement || standings.length === 0) return null;
  const budget: CallBudget = { ...meta.budget, limits: meta.settlement.toStates(standings) };
  return JSON.stringify(budget);
}
