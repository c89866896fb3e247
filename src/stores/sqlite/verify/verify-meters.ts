import type { Database } from 'better-sqlite3';
import type { CallBudget } from '../../../../schemas/wire/call.ts';
import type { Meter } from '../../../core/call/hold.ts';
import type { AmountOf, Difference } from '../../ports/store.ts';
import { toAttempts } from '../call-row.ts';

interface MeterRow extends Meter {
  used: number;
  forgetAt: number;
}

interface SpentRow {
  budget: string;
  attempts: string;
}

/** Use of a meter by the rows; null: nobody can tell. */
interface Recounted {
  name: string;
  windowEnd: number;
  used: number | null;
}

const HOUR_MS = 3_600_000;

/** Counts what calls used on their budgets again, for every window that is not forgotten yet. */
export function verifyMeters(
  db: Database,
  { amountOf, now }: { amountOf: AmountOf; now: number },
): { meters: number; unchecked: number; found: Difference[] } {
  const meters = db
    .prepare<[], MeterRow>(
      `SELECT budget, subject, counts, window_start AS windowStart, used, forget_at AS forgetAt FROM meters`,
    )
    .all();
  const since = Math.min(now, ...meters.map(({ windowStart }) => windowStart));
  const again = recount(db, since, amountOf);
  const found: Difference[] = [];
  let unchecked = 0;
  for (const meter of meters) {
    const { name, windowEnd } = nameOf(meter);
    const counted = again.get(name) ?? { name, windowEnd, used: 0 };
    again.delete(name);
    if (counted.used === null || meter.counts === '') unchecked += 1;
    else if (counted.used !== meter.used)
      found.push({ what: `used on ${name}`, kept: meter.used, rows: counted.used });
  }
  // Those of windows that are over may be forgotten.
  for (const { name, windowEnd, used } of again.values())
    if (windowEnd > now && used) found.push({ what: `used on ${name}`, kept: 0, rows: used });
  return { meters: meters.length, unchecked, found };
}

/** Rows say which budgets a call counted on, and when the windows of those end. */
function recount(db: Database, since: number, amountOf: AmountOf): Map<string, Recounted> {
  const again = new Map<string, Recounted>();
  const rows = db.prepare<[number], SpentRow>(
    'SELECT budget, attempts FROM calls WHERE started_at >= ? AND budget IS NOT NULL',
  );
  for (const { budget, attempts: json } of rows.iterate(since)) {
    const { limits } = JSON.parse(budget) as CallBudget;
    const attempts = toAttempts(json);
    if (attempts.length === 0) continue;
    for (const { budget: of, scope, unit, window, of: subject, resets_at: end } of limits) {
      const windowEnd = Date.parse(end);
      const name = inWords({
        budget: of,
        subject: subject ?? '',
        counts: `${scope} ${unit} ${window}`,
        windowEnd,
      });
      const before = again.get(name)?.used ?? 0;
      const amount = again.get(name)?.used === null ? null : amountOf(of, unit, attempts);
      again.set(name, { name, windowEnd, used: amount === null ? null : before + amount });
    }
  }
  return again;
}

/** A window that is over is kept for as long again, and at least for an hour: that tells its end. */
function nameOf({ forgetAt, windowStart, ...meter }: MeterRow): {
  name: string;
  windowEnd: number;
} {
  const middle = (forgetAt + windowStart) / 2;
  const windowEnd = middle - windowStart >= HOUR_MS ? middle : forgetAt - HOUR_MS;
  return { name: inWords({ ...meter, windowEnd }), windowEnd };
}

const inWords = ({
  budget,
  subject,
  counts,
  windowEnd,
}: Omit<Meter, 'windowStart'> & { windowEnd: number }): string =>
  `${budget}${subject === '' ? '' : ` of ${subject}`} (${counts} until ${new Date(windowEnd).toISOString()})`;
