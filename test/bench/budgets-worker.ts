/** One of several processes on one budget: path of the database, loops, and when to begin and end. */
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { admitAndSettle } from './budgets-load.ts';
import { tellParent } from './child.ts';

const [, , path = '', loops = '1', from = '0', until = '0'] = process.argv;
const store = openSqlite(path);
const load = { loops: Number(loops), name: String(process.pid) };
await admitAndSettle(store, { ...load, name: `${load.name}_warm`, until: Number(from) });
const measured = await admitAndSettle(store, { ...load, until: Number(until) });
await store.close();
tellParent(measured);
