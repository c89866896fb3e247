import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/stores/ports/store.ts';
import { claim, crashRecord, LEASE, METER, NOON, spent } from '../cases/spending.ts';
import { newFile } from './new-file.ts';
import { runs as repeated } from '../../support/depth.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let file: ReturnType<typeof newFile>;
let store: Store;
beforeEach(() => {
  file = newFile();
  store = file.open();
});
afterEach(() => file.remove());

const use = (id: string, windowMs: number): Promise<unknown> =>
  store.ledger.record(spent(id, 30), [claim(30, { windowEnd: NOON + windowMs })]);

function meters(): number {
  const db = new Database(file.path, { readonly: true });
  const count = db.prepare<[], number>('SELECT count(*) FROM meters').pluck().get() ?? NaN;
  db.close();
  return count;
}

describe('a window that is over', () => {
  it.each([
    ['of a minute is kept for an hour', MINUTE, MINUTE + HOUR],
    ['of a day is kept for a day', DAY, 2 * DAY],
  ])('%s, and then forgotten', async (...[, windowMs, keptMs]) => {
    await use('call_1', windowMs);
    await store.leases.sweep(NOON + keptMs);
    expect(meters()).toBe(1);
    await store.leases.sweep(NOON + keptMs + 1);
    expect(meters()).toBe(0);
  });

  it('is kept for as long as a call that ends late holds something on it', async () => {
    const claims = [claim(30, { windowEnd: NOON + MINUTE })];
    await store.budgets.hold({
      crashRecord: spent('call_1', 0),
      claims,
      leaseUntil: LEASE + 9 * HOUR,
    });
    await use('call_2', MINUTE);
    await store.leases.sweep(NOON + 2 * HOUR);
    expect(await store.budgets.standings([METER])).toMatchObject([{ used: 30, held: 30 }]);
    await store.ledger.record(spent('call_1', 30), claims);
    expect(await store.budgets.standings([METER])).toMatchObject([{ used: 60, held: 0 }]);
    await store.leases.sweep(NOON + 2 * HOUR);
    expect(meters()).toBe(0);
  });

  it('is forgotten though others are kept for calls that run', async () => {
    const claims = [claim(30, { windowEnd: NOON + MINUTE })];
    await store.budgets.hold({
      crashRecord: spent('call_1', 0),
      claims,
      leaseUntil: LEASE + 9 * HOUR,
    });
    await use('call_2', MINUTE);
    // More than one batch of others, some before it in order and some behind.
    for (let i = 0; i < 450; i += 1) {
      const subject = `${i % 2 ? 'a' : 'z'}-${String(i)}`;
      const other = claim(30, { subject, windowEnd: NOON + MINUTE });
      await store.ledger.record(spent(`call_other_${String(i)}`, 30), [other]);
    }
    expect(meters()).toBe(451);
    await store.leases.sweep(NOON + 2 * HOUR);
    expect(meters()).toBe(1);
  });

  it('is not harmed by a call that a sweep has charged and that ends after all', async () => {
    const claims = [claim(30, { windowEnd: NOON + MINUTE, charge: 30 })];
    await store.budgets.hold({ crashRecord: crashRecord('call_1', 30), claims, leaseUntil: LEASE });
    const { leases } = file.open();
    expect(await leases.sweep(NOON + 2 * HOUR)).toBe(1);
    expect(meters()).toBe(0);
    const late = [claim(10, { windowEnd: NOON + MINUTE, charge: 30 })];
    const standings = await store.ledger.record(spent('call_1', 10), late);
    expect(standings).toEqual([{ ...METER, used: 0, held: 0, mayPass: 0 }]);
    expect(await store.ledger.get('call_1', null)).toMatchObject({ cost_usd: 10e-9 });
    await leases.sweep(NOON + 2 * HOUR);
    expect(meters()).toBe(0);
  });

  it('does not take its limit from one that runs, however many are swept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 31 * 24 * 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (minutes, part) => {
          const fresh = newFile();
          try {
            const one = fresh.open();
            const windowEnd = NOON + minutes * MINUTE;
            const full = claim(100, { windowEnd });
            await one.ledger.record(spent('call_1', 100), [full]);
            await one.leases.sweep(NOON + Math.floor(part * minutes * MINUTE));
            const claims = [claim(1, { windowEnd })];
            const asked = { crashRecord: spent('call_2', 0), claims, leaseUntil: LEASE };
            expect((await one.budgets.hold(asked)).held).toBe(false);
          } finally {
            await fresh.remove();
          }
        },
      ),
      { numRuns: repeated(40) },
    );
  });
});

describe('a threshold that was passed', () => {
  it('is remembered for 400 days, whatever became of its window', async () => {
    await store.ledger.record(spent('call_1', 60), [claim(60, { windowEnd: NOON + MINUTE })]);
    const [passed] = await store.budgets.passed({ limit: 9 });
    const at = passed?.at ?? NaN;
    await store.leases.sweep(at + 400 * DAY);
    expect(meters()).toBe(0);
    expect(await store.budgets.passed({ limit: 9 })).toHaveLength(1);
    await store.leases.sweep(at + 400 * DAY + 1);
    expect(await store.budgets.passed({ limit: 9 })).toEqual([]);
  });
});
