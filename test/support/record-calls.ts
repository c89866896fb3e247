import { fileURLToPath } from 'node:url';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { fakeCall } from './calls.ts';

/**
 * Run as a process of its own with a path, a name, a count and a moment: opens the ledger there at
 * that moment, so that several processes start at once, and records so many calls.
 */
export const RECORD_CALLS = fileURLToPath(import.meta.url);

if (process.argv[1] === RECORD_CALLS) {
  const [, , path = '', name = '', count = '0', startAt = '0'] = process.argv;
  while (Date.now() < Number(startAt));
  const store = openSqlite(path);
  for (let i = 0; i < Number(count); i += 1) {
    await store.ledger.record(fakeCall({ id: `call_${name}_${String(i)}` }));
  }
  await store.close();
}
