import type { Logger } from 'pino';
import type { Config } from '../config/read.ts';
import { openStore } from '../stores/open.ts';
import type { SetAsideStore, Store } from '../stores/ports/store.ts';

interface Around {
  log: Logger;
  now: () => number;
}

/** The store of the settings, with what it has to say in the log. */
export const openLoggedStore = ({ db }: Config, { log, now }: Around): Store =>
  openStore(db, {
    now,
    onTrouble(trouble) {
      if (trouble === null) log.info('the database is well again: calls are taken');
      else log.fatal({ trouble }, 'the database is in trouble: no calls are taken');
    },
    onSetAside(call, reason) {
      log.error({ call, reason }, 'a ledger row could not be written as it was; it is set aside');
    },
  });

const DAY_MS = 86_400_000;
/** More than anybody counts. */
const MOST = 1_000;

/** Rows of the last day that could not be written: calls go on, but somebody should know why. */
export async function warnOfRows(store: SetAsideStore, now: () => number): Promise<string[]> {
  const rows = await store.list(now() - DAY_MS, MOST);
  const newest = rows.at(-1);
  if (!newest) return [];
  const count = rows.length < MOST ? String(rows.length) : `${String(MOST)} or more`;
  return [
    `${count} ledger rows of the last 24 hours could not be written as they were and are set aside. The newest is of ${newest.call}: ${newest.reason}`,
  ];
}
