import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { AmountOf, Verification } from '../../ports/store.ts';
import { openNewest, openState } from '../usage/state.ts';
import { verifyMeters } from './verify-meters.ts';
import { verifySums } from './verify-sums.ts';

/** So many differences are told one by one. */
const MOST = 100;

/**
 * Recomputes sums and meters from the rows, as of one moment. It reads the whole ledger on the thread
 * of whoever asks, and writes nothing that stays.
 */
export function verify(db: Database, asked: { amountOf: AmountOf; now: number }): Verification {
  // By a connection of its own: the transaction lasts, and what others write meanwhile is not of it.
  const own = db.memory ? null : new BetterSqlite3(db.name, { readonly: true });
  const reading = own ?? db;
  try {
    return reading.transaction(() => {
      const waiting = openNewest(reading)() - openState(reading)().rolledUp;
      const { rows, sums, found } = verifySums(reading);
      const { meters, unchecked, found: wrong } = verifyMeters(reading, asked);
      const differences = [...found, ...wrong];
      return {
        rows,
        waiting,
        sums,
        meters,
        unchecked,
        count: differences.length,
        differences: differences.slice(0, MOST),
      };
    })();
  } finally {
    own?.close();
  }
}
