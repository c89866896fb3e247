import type { Database } from 'better-sqlite3';
import type { Claim, Meter, Standing } from '../../core/call/hold.ts';
import type { BudgetStore } from '../ports/store.ts';
import { answer } from './answer.ts';
import { toRow } from './call-row.ts';
import { claimOn, openHolds } from './holds.ts';
import { checkAmounts, openMeters } from './meters.ts';
import type { Writer } from './writer.ts';
import type { BudgetSettings } from '../../../schemas/wire/budget.ts';

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

/** In the table `shared`: another number whenever a definition has changed, in any process. */
const VERSION = 'budgets_version';

/** Budgets that were set. They are read before every call, so they are parsed once a version. */
function openDefinitions(
  db: Database,
  writer: Writer,
): Pick<BudgetStore, 'definitions' | 'put' | 'remove'> {
  const version = db.prepare<[string], string>('SELECT value FROM shared WHERE name = ?').pluck();
  const bump = db.prepare<[string]>(
    `INSERT INTO shared (name, value) VALUES (?, '1')
     ON CONFLICT (name) DO UPDATE SET value = CAST(value + 1 AS TEXT)`,
  );
  const all = db.prepare<[], { name: string; settings: string }>(
    'SELECT name, settings FROM budgets ORDER BY name',
  );
  const put = db.prepare<[string, string]>(
    `INSERT INTO budgets (name, settings) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`,
  );
  const remove = db.prepare<[string]>('DELETE FROM budgets WHERE name = ?');

  let known: { version: string; budgets: ReadonlyMap<string, BudgetSettings> } | null = null;

  return {
    definitions: () =>
      answer(() => {
        // Read before the rows: if they change in between they are read once more, never once less.
        const now = version.get(VERSION) ?? '0';
        known = known?.version === now ? known : { version: now, budgets: toBudgets(all.all()) };
        return known.budgets;
      }),
    put: (name, settings) =>
      writer.write(() => {
        put.run(name, JSON.stringify(settings));
        bump.run(VERSION);
      }),
    remove: (name) =>
      writer.write(() => {
        const isRemoved = remove.run(name).changes > 0;
        if (isRemoved) bump.run(VERSION);
        return isRemoved;
      }),
  };
}

const toBudgets = (
  rows: readonly { name: string; settings: string }[],
): ReadonlyMap<string, BudgetSettings> =>
  new Map(rows.map(({ name, settings }) => [name, JSON.parse(settings) as BudgetSettings]));
