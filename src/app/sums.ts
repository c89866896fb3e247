import type { Logger } from 'pino';
import { poll } from '../budget/lease-manager.ts';
import type { Store } from '../stores/ports/store.ts';

/** Delays until the ledger's new rows are brought into its sums: a start comes before the first. */
export const ROLL_UP_MS = { first: 2_000, usual: 5_000 };
/** Fewer rows are read as quickly as they are. */
const ROLL_UP_FROM = 500;

/** Brings new rows into the sums behind the calls, again and again. */
export const keepSums = ({ ledger }: Store, log: Logger): ReturnType<typeof poll> =>
  poll(async () => {
    try {
      await ledger.rollUp(ROLL_UP_FROM);
    } catch (err) {
      log.error(
        { err },
        'the sums of the ledger could not be brought up to date; it is tried again',
      );
    }
    return ROLL_UP_MS.usual;
  });
