import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../../src/stores/ports/store.ts';
import { buildWriter, type Writer } from '../../../src/stores/sqlite/writer.ts';
import { newFile } from './new-file.ts';
import { fakeCall } from '../../support/calls.ts';

let file: ReturnType<typeof newFile>;
let db: Database.Database;
let writer: Writer;
/** Every statement that was run. */
const ran: string[] = [];
beforeEach(() => {
  file = newFile();
  ran.length = 0;
  db = new Database(file.path, { verbose: (sql) => ran.push(String(sql)) });
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE t (n INTEGER UNIQUE)');
  writer = buildWriter(db);
});
afterEach(async () => {
  db.close();
  await file.remove();
});

const insert = (n: number) => (): number => db.prepare('INSERT INTO t VALUES (?)').run(n).changes;
const rows = (of = db): unknown => of.prepare('SELECT n FROM t ORDER BY n').pluck().all();
const commits = (): number => ran.filter((sql) => sql === 'COMMIT').length;

describe('writes', () => {
  it('of the same moment share a transaction and each gets its own answer', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => writer.write(() => insert(n)() + n)));
    expect(answers).toEqual([2, 3, 4]);
    expect(commits()).toBe(1);
  });

  it('are answered once they are committed', async () => {
    const other = new Database(file.path);
    const seen = writer.write(insert(1)).then(() => rows(other));
    expect(await seen).toEqual([1]);
    other.close();
  });

  it('fail alone: what came with them is written', async () => {
    const results = await Promise.allSettled([
      writer.write(insert(1)),
      writer.write(insert(1)),
      writer.write(() => {
        insert(7)();
        throw new Error('no');
      }),
      writer.write(insert(2)),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(rows()).toEqual([1, 2]);
  });

  it('come in the order in which they were asked for, also after a failure', async () => {
    const order: number[] = [];
    const note = (n: number) => writer.write(insert(n)).then(() => order.push(n));
    const failing = writer.write(() => {
      throw new Error('no');
    });
    await Promise.all([note(1), failing.catch(() => undefined), note(2), note(3)]);
    expect(order).toEqual([1, 2, 3]);
  });

  it('of a large crowd take several transactions, and others their turn in between', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => writer.write(insert(n))));
    clearImmediate(turn);
    expect(commits()).toBe(4);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('wait for another process without stopping the thread', async () => {
    const other = new Database(file.path);
    other.exec('BEGIN IMMEDIATE');
    const written = writer.write(insert(1));
    // The thread that waits has turns for others: a timer ends while the lock is held.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rows()).toEqual([]);
    other.exec('COMMIT');
    await written;
    expect(rows(other)).toEqual([1]);
    other.close();
  });

  it('give up after five seconds, and only those that have waited so long', async () => {
    const other = new Database(file.path);
    other.exec('BEGIN IMMEDIATE');
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const early = writer.write(insert(1));
    clock.mockReturnValue(5_001);
    const late = writer.write(insert(2));
    await expect(early).rejects.toThrow('locked for 5 s');
    other.exec('COMMIT');
    await late;
    expect(rows()).toEqual([2]);
    clock.mockRestore();
    other.close();
  });

  it('leave readers the patience they had', async () => {
    await writer.write(insert(1));
    expect(db.pragma('busy_timeout', { simple: true })).toBe(5_000);
  });
});

describe('a store that is closed', () => {
  it('writes first what waits, and what was asked for upon that', async () => {
    const store: Store = file.open();
    const chain = async (): Promise<void> => {
      for (let i = 0; i < 5; i += 1)
        await store.ledger.record(fakeCall({ id: `call_${String(i)}` }));
    };
    const done = chain();
    await store.close();
    await done;
    expect(await file.open().ledger.list({ limit: 9 }, null)).toHaveLength(5);
  });
});
