import type { Database } from 'better-sqlite3';
import type { Leases } from '../ports.ts';
import { insertSql, type CallRow } from './call-row.ts';
import { openDays } from './days.ts';
import { openHolds } from './holds.ts';
import { openMeters } from './meters.ts';
import type { Writer } from './writer.ts';

/** In one transaction: other processes wait for it, and so does our own event loop. */
const BATCH = 200;

/** @param processId whose leases are renewed */
export function openLeases(db: Database, writer: Writer, processId: string): Leases {
  const renewHolds = db.prepare<[number, string]>(
    'UPDATE holds SET lease_until = ? WHERE process = ?',
  );
  const renewKeys = db.prepare<[number, string]>(
    'UPDATE idempotency_keys SET until = ? WHERE process = ? AND outcome IS NULL',
  );
  const settle = buildSettle(db);
  const forget = buildForget(db);

  /** In turns, so that others get theirs; nothing is locked when there is nothing to do. */
  const inBatches = async (sweep: Sweep, now: number): Promise<number> => {
    let total = 0;
    while (sweep.any(now)) total += await writer.write(() => sweep.batch(now));
    return total;
  };

  return {
    renew: (leaseUntil) =>
      writer.write(() => {
        renewHolds.run(leaseUntil, processId);
        renewKeys.run(leaseUntil, processId);
      }),
    async sweep(now) {
      const settled = await inBatches(settle, now);
      await inBatches(forget, now);
      return settled;
    },
  };
}

interface Sweep {
  any(now: number): boolean;
  /** @returns of how many it made an end */
  batch(now: number): number;
}

/** Ends the holds of dead processes at their charge, each with its epitaph as ledger row. */
function buildSettle(db: Database): Sweep {
  const meters = openMeters(db);
  const holds = openHolds(db);
  const days = openDays(db);
  const any = db.prepare<[number]>('SELECT 1 FROM holds WHERE lease_until < ? LIMIT 1');
  const insert = db.prepare<CallRow>(insertSql('IGNORE'));
  return {
    any: (now) => any.get(now) !== undefined,
    batch(now) {
      const orphans = holds.orphans(now, BATCH);
      for (const { call, epitaph, claims } of orphans) {
        holds.drop(call);
        if (insert.run(epitaph).changes === 0) continue;
        days.add(epitaph);
        for (const claim of claims) meters.use(claim, claim.charge, { call, at: now });
      }
      return orphans.length;
    },
  };
}

/** Removes idempotency keys that are past their time. */
function buildForget(db: Database): Sweep {
  const any = db.prepare<[number]>('SELECT 1 FROM idempotency_keys WHERE until < ? LIMIT 1');
  const remove = db.prepare<[number, number]>(
    `DELETE FROM idempotency_keys WHERE (principal, key) IN
       (SELECT principal, key FROM idempotency_keys WHERE until < ? LIMIT ?)`,
  );
  return {
    any: (now) => any.get(now) !== undefined,
    batch: (now) => remove.run(now, BATCH).changes,
  };
}
