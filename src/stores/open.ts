import type { Store } from './ports/store.ts';
import { openSqlite, type SqliteOptions } from './sqlite/open.ts';

export { StoreError } from './sqlite/store-error.ts';
export { troubleInWords } from './sqlite/trouble.ts';

/** Options of any store when it is opened. */
export type StoreOptions = SqliteOptions;

const SQLITE = 'sqlite:';

/**
 * The store at an address as `TOLLGATE_DB` has it: `sqlite:PATH`, or `sqlite::memory:` for one that is forgotten.
 * @throws StoreError when it cannot be opened or was written by a newer tollgate
 * @example const store = openStore('sqlite:.tollgate/tollgate.db');
 */
export function openStore(address: string, options: StoreOptions = {}): Store {
  // Settings let no other address through.
  return openSqlite(address.slice(SQLITE.length), options);
}
