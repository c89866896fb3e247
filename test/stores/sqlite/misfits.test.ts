import { appendFileSync, readFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { misfitCases } from '../cases/misfits.ts';
import { claim, hold, spent, standing } from '../cases/spending.ts';
import { newFile } from './new-file.ts';

describe('rows that SQLite cannot write', () => {
  misfitCases(newFile);
});

describe('a row that cannot even be set aside', () => {
  let database: ReturnType<typeof newFile>;
  beforeEach(() => (database = newFile()));
  afterEach(() => database.remove());

  it('goes to a file beside the database, its hold ends, and it is told of', async () => {
    const heard: string[] = [];
    const store = openSqlite(database.path, { onSetAside: (call) => heard.push(call) });
    const db = new BetterSqlite3(database.path);
    db.exec(
      `CREATE TRIGGER no BEFORE INSERT ON set_aside_rows BEGIN SELECT raise(ABORT, 'no'); END`,
    );
    db.close();
    await hold(store, 'call_1', [claim(60)]);
    await store.ledger.record(spent('call_1', NaN), [claim(10)]);
    await store.ledger.record(spent('call_2', 5));
    expect(heard).toEqual(['call_1']);
    expect(await standing(store)).toEqual([0, 0]);
    const file = `${database.path}.set-aside.jsonl`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ call: 'call_1' });
    // A process that was killed in the middle of a line.
    appendFileSync(file, '{"call":"call_9","at":1,"rea');
    expect(await store.setAside.list(0, 10)).toMatchObject([{ call: 'call_1' }]);
    await store.close();
  });
});
