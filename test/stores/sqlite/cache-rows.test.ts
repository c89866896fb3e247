import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheBook } from '../../../src/stores/ports/cache.ts';
import { openCacheBook } from '../../../src/stores/sqlite/cache/store.ts';
import { openTotals } from '../../../src/stores/sqlite/cache/views.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { buildWriter, type Writer } from '../../../src/stores/sqlite/writer.ts';
import { entry, INDEX, MOST, near, NOW, SCOPE, use, vector } from '../cases/cache-entries.ts';
import { eventually } from '../../support/eventually.ts';

let db: Database.Database;
let book: Omit<CacheBook, 'totals' | 'disagreements'>;
let close: () => Promise<void>;
let locked: boolean;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  db = new Database(':memory:');
  migrate(db);
  locked = false;
  ({ book, close } = openCacheBook(db, mayBeLocked(buildWriter(db))));
});
afterEach(() => {
  vi.useRealTimers();
  db.close();
});

const mayBeLocked = (writer: Writer): Writer => ({
  write: (work) => (locked ? Promise.reject(new Error('locked')) : writer.write(work)),
  drained: () => writer.drained(),
});
const hits = async (): Promise<number | undefined> => (await book.inspect('a'))?.hits;

describe('hits that cannot be written', () => {
  beforeEach(() => book.keep(entry('a'), MOST));

  it('are written later, each once', async () => {
    locked = true;
    for (let at = 0; at < 300; at += 1) await book.used(use(String(at), 'a'));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await hits()).toBe(0);
    locked = false;
    await vi.advanceTimersByTimeAsync(2_000);
    await eventually(async () => {
      expect(await hits()).toBe(300);
    });
    await close();
    expect(await hits()).toBe(300);
  });

  it('are not remembered without end: then whoever counts one hears of it', async () => {
    locked = true;
    for (let at = 0; at < 20_000; at += 1) await book.used(use(String(at), 'a'));
    await expect(book.used(use('one more', 'a'))).rejects.toThrow('hits cannot be counted');
    await expect(close()).rejects.toThrow('locked');
  });
});

describe('hits', () => {
  it('are written together a second later, without anybody who waits', async () => {
    await book.keep(entry('a'), MOST);
    await book.used(use('1', 'a'));
    await book.used(use('2', 'a'));
    expect(await hits()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await eventually(async () => {
      expect(await hits()).toBe(2);
    });
  });
});

describe('the first vector of an index', () => {
  it('makes its table again when the transaction that made it was rolled back', async () => {
    await book.keep(entry('a'), MOST);
    const add = book.addVector({ entry: 'a', index: INDEX, values: vector(0) });
    // Shares its transaction, and fails: the same call id with another key.
    const fail = book.keep(entry('a', { exactKey: 'another' }), MOST);
    await expect(fail).rejects.toThrow(/UNIQUE/);
    await add;
    expect(await book.nearest(near(0))).toHaveLength(1);
    expect(openTotals(db)().vectors).toEqual([{ index: INDEX, count: 1 }]);
  });
});

describe('nothing', () => {
  const TABLES = [
    ...['scopes', 'entries', 'aliases', 'negatives', 'tags', 'uses', 'complaints', 'index_sizes'],
    ...['vectors_1', 'vectors_1_rowids', 'vectors_1_chunks'],
  ];

  it('is left of entries that have gone, in any table', async () => {
    for (const id of ['a', 'b']) {
      await book.keep(entry(id, { tags: ['x'] }), MOST);
      await book.addVector({ entry: id, index: INDEX, values: vector(0) });
      await book.used(use(`call ${id}`, id, { asked: { canon: 'w', text: 'w' } }));
      await book.complain({ call: `call ${id}`, at: NOW });
      await book.complain({ call: id, at: NOW });
      await book.addAlias({ scope: SCOPE, canon: 'v', entry: id, text: 'v', source: 'judge' });
    }
    await book.purge({ all: true });
    const rows = TABLES.map((table) => [
      table,
      db.prepare(`SELECT count(*) FROM cache_${table}`).pluck().get(),
    ]);
    expect(rows).toEqual(TABLES.map((table) => [table, 0]));
  });
});

describe('without the extension', () => {
  it('all but nearness works, and a search says what is missing', async () => {
    const bare = new Database(':memory:');
    migrate(bare);
    bare.loadExtension = () => {
      throw new Error('no such file');
    };
    const opened = openCacheBook(bare, buildWriter(bare));
    await opened.book.keep(entry('a'), MOST);
    await opened.book.addVector({ entry: 'a', index: INDEX, values: vector(0) });
    await expect(opened.book.nearest(near(0))).rejects.toThrow(
      'sqlite-vec cannot be loaded: no such file',
    );
    const asked = { scope: SCOPE, exactKey: 'key of a', canon: 'canon of a' };
    expect((await opened.book.find(asked)).alias?.entry.id).toBe('a');
    expect(await opened.book.withoutVector({ ...near(0), limit: 9 })).toEqual([]);
    expect(await opened.book.inspect('a')).toMatchObject({ indexes: [] });
    expect(openTotals(bare)()).toMatchObject({ entries: 1, vectors: [] });
    expect(await opened.book.purge({ all: true })).toBe(1);
    await opened.close();
    bare.close();
  });
});
