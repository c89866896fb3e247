import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/stores/ports.ts';
import { claim, LEASE, METER, NOON, spent } from '../cases/spending.ts';
import { newFile } from './new-file.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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
    ['of a day is kept for a day', 24 * HOUR, 48 * HOUR],
  ])('%s, and then forgotten', async (...[, windowMs, keptMs]) => {
    await use('call_1', windowMs);
    await store.leases.sweep(NOON + keptMs);
    expect(meters()).toBe(1);
    await store.leases.sweep(NOON + keptMs + 1);
    expect(meters()).toBe(0);
  });

  it('is kept for as long as a call that ends late holds something on it', async () => {
    const claims = [claim(30, { windowEnd: NOON + MINUTE })];
    await store.budgets.hold({ epitaph: spent('call_1', 0), claims, leaseUntil: LEASE + 9 * HOUR });
    await use('call_2', MINUTE);
    await store.leases.sweep(NOON + 2 * HOUR);
    expect(await store.budgets.standings([METER])).toMatchObject([{ used: 30, held: 30 }]);
    await store.ledger.record(spent('call_1', 30), claims);
    expect(await store.budgets.standings([METER])).toMatchObject([{ used: 60, held: 0 }]);
    await store.leases.sweep(NOON + 2 * HOUR);
    expect(meters()).toBe(0);
  });
});
