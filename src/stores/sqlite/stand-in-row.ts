import type { Database } from 'better-sqlite3';
import type { Claim, Standing } from '../../core/call/hold.ts';
import { insertSql, type CallRow } from './call-row.ts';
import type { HoldRows } from './holds.ts';
import { areAmounts, type Meters } from './meters.ts';
import { rowAsJson, RowCheck } from './row-check.ts';
import type { SetAside } from './set-aside.ts';
import { isOfDatabase } from './trouble.ts';
import type { Writer } from './writer.ts';

/** Outcome of a call, in a row that cannot be written as it is. */
export interface Misfit {
  row: CallRow;
  check: RowCheck;
  claims: readonly Claim[];
  reason: string;
}

interface StandInParts {
  db: Database;
  writer: Writer;
  aside: SetAside;
  meters: Meters;
  holds: HoldRows;
  /** Hears of a row that was set aside. */
  onSetAside: (call: string, reason: string) => void;
  now: () => number;
}

/** Row and charges of a stand-in: the ledger and its budgets must agree. */
interface StandIn {
  row: CallRow;
  charges: readonly Claim[];
}

/**
 * Sets a row aside and writes another in its place, so that its hold ends and the calls after it go
 * on. Where only a time or a flag is wrong, the call is charged what it used; where its counts are
 * wrong, what its crash record says, which is the worst of what was under way.
 */
export function buildStandIn(parts: StandInParts) {
  const { db, writer, aside, meters, holds, onSetAside, now } = parts;
  const isWritten = db.prepare<[string]>('SELECT 1 FROM calls WHERE id = ?');
  const insert = db.prepare<CallRow>(insertSql('IGNORE'));

  const write = (misfit: Misfit): void => {
    const { id } = misfit.row;
    // Swept meanwhile: what was charged then stands.
    if (isWritten.get(id) !== undefined) return;
    const { row, charges } = toStandIn(misfit, holds);
    holds.drop(id);
    for (const claim of charges) meters.use(claim, claim.amount, { call: id, at: now() });
    insert.run(row);
  };

  return async function writeStandIn(misfit: Misfit): Promise<Standing[]> {
    const { row, reason, claims } = misfit;
    const kept = { call: row.id, at: now(), reason, row: rowAsJson(row) };
    const standings = (): Standing[] => claims.map((claim) => meters.standing(claim));
    try {
      return await writer.write(() => {
        aside.put(kept);
        write(misfit);
        return standings();
      });
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      aside.putInFile(kept);
      return await writer.write(() => {
        holds.drop(row.id);
        return standings();
      });
    } finally {
      onSetAside(row.id, reason);
    }
  };
}

function toStandIn({ row, check, claims }: Misfit, holds: HoldRows): StandIn {
  const bounded = check.bounded();
  if (check.isEvidence && areAmounts(claims)) return { row: bounded, charges: claims };
  const held = holds.claimsOf(row.id) ?? [];
  const { row: record } = readRecord(holds.epitaphOf(row.id));
  return {
    row: { ...(record ?? bounded), finish: row.finish, error_code: 'row_set_aside' },
    charges: held.map((claim) => ({ ...claim, amount: claim.charge })),
  };
}

/** The row that a hold keeps for when its call does not come back, as it can be written. */
export function readRecord(json: string | null): { row: CallRow | null; reason: string | null } {
  if (json === null) return { row: null, reason: null };
  try {
    const check = new RowCheck(JSON.parse(json) as CallRow);
    return { row: check.bounded(), reason: check.reason };
  } catch {
    return { row: null, reason: 'it is not JSON' };
  }
}
