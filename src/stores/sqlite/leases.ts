import type { Database } from 'better-sqlite3';
import type { Leases } from '../ports/store.ts';
import { insertSql, type CallRow } from './call-row.ts';
import { openHolds } from './holds.ts';
import { openMeters } from './meters.ts';
import type { SetAside } from './set-aside.ts';
import { readRecord } from './stand-in-row.ts';
import type { Writer } from './writer.ts';

/** No lease is longer, milliseconds: one that ends later was given by a clock that was ahead. */
const LONGEST_LEASE_MS = 600_000;

/** In one transaction: other processes wait for it, and so does our own event loop. */
const BATCH = 200;

interface LeaseParts {
  db: Database;
  writer: Writer;
  aside: SetAside;
  /** Owner of renewed leases. */
  processId: string;
}

export function openLeases({ db, writer, aside, processId }: LeaseParts): Leases {
  const renewHolds = db.prepare<[number, string]>(
    'UPDATE holds SET lease_until = ? WHERE process = ?',
  );
  const renewKeys = db.prepare<[number, string]>(
    'UPDATE idempotency_keys SET until = ? WHERE process = ? AND outcome IS NULL',
  );
  const shortens = LEASED.map((leased) => buildShorten(db, leased));
  const settle = buildSettle(db, aside, processId);
  const forget = PASSING.map((passing) => buildForget(db, passing));

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
      for (const each of shortens) await inBatches(each, now);
      const settled = await inBatches(settle, now);
      for (const each of forget) await inBatches(each, now);
      return settled;
    },
  };
}

interface Sweep {
  any(now: number): boolean;
  /** @returns of how many it made an end */
  batch(now: number): number;
}

const LEASED = [
  { table: 'holds', until: 'lease_until', which: 'TRUE' },
  { table: 'idempotency_keys', until: 'until', which: 'outcome IS NULL' },
];

/** After a clock was set back, what a dead process held would else stay for as long as that. */
function buildShorten(db: Database, { table, until, which }: (typeof LEASED)[number]): Sweep {
  const late = `${until} > ? AND ${which}`;
  const any = db.prepare<[number]>(`SELECT 1 FROM ${table} WHERE ${late} LIMIT 1`);
  const shorten = db.prepare<[number, number]>(`UPDATE ${table} SET ${until} = ? WHERE ${late}`);
  const most = (now: number): number => now + LONGEST_LEASE_MS;
  return {
    any: (now) => any.get(most(now)) !== undefined,
    batch: (now) => shorten.run(most(now), most(now)).changes,
  };
}

/**
 * Ends the holds of dead processes at their charge, each with its crash record as ledger row. Its own a
 * process leaves alone: it lives, however late it is with its leases.
 */
function buildSettle(db: Database, aside: SetAside, own: string): Sweep {
  const meters = openMeters(db);
  const holds = openHolds(db, meters);
  const any = db.prepare<[number, string]>(
    'SELECT 1 FROM holds WHERE lease_until < ? AND process <> ? LIMIT 1',
  );
  const insert = db.prepare<CallRow>(insertSql('IGNORE'));
  return {
    any: (now) => any.get(now, own) !== undefined,
    batch(now) {
      const orphans = holds.orphans(now, own, BATCH);
      for (const { call, epitaph } of orphans) {
        const claims = holds.drop(call) ?? [];
        const { row, reason } = readRecord(epitaph);
        // One that cannot be written must not keep the others from their end.
        if (reason !== null) aside.put({ call, at: now, reason, row: epitaph });
        if (row !== null && insert.run(row).changes === 0) continue;
        for (const claim of claims) meters.use(claim, claim.charge, { call, at: now });
      }
      return orphans.length;
    },
  };
}

/** Rows of use for a time only. */
interface Passing {
  table: string;
  key: string;
  /** The indexed column with the end of that time, milliseconds since the epoch. */
  until: string;
  /** Time kept beyond that, milliseconds. */
  keptMs?: number;
  /** Rows that are kept all the same, as SQL. */
  but?: string;
}

const DAY_MS = 86_400_000;

const PASSING: readonly Passing[] = [
  { table: 'idempotency_keys', key: 'principal, key', until: 'until' },
  {
    table: 'meters',
    key: 'budget, subject, counts, window_start',
    until: 'forget_at',
    but: 'held <> 0',
  },
  {
    table: 'budget_events',
    key: 'budget, subject, counts, window_start, percent',
    until: 'at',
    keptMs: 400 * DAY_MS,
  },
];

/** Removes what is past its time. */
function buildForget(db: Database, passing: Passing): Sweep {
  const { table, key, until, keptMs = 0, but = 'FALSE' } = passing;
  const past = `SELECT ${key} FROM ${table} WHERE ${until} < ? AND NOT (${but}) LIMIT ?`;
  const any = db.prepare<[number, number]>(past);
  const remove = db.prepare<[number, number]>(`DELETE FROM ${table} WHERE (${key}) IN (${past})`);
  return {
    any: (now) => any.get(now - keptMs, 1) !== undefined,
    batch: (now) => remove.run(now - keptMs, BATCH).changes,
  };
}
