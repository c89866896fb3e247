import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheStore } from '../../../src/stores/ports/cache.ts';
import { openCacheStore } from '../../../src/stores/sqlite/cache/store.ts';
import { openTotals } from '../../../src/stores/sqlite/cache/views.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { buildWriter, type Writer } from '../../../src/stores/sqlite/writer.ts';
import { entry, INDEX, MOST, near, NOW, SCOPE, use, vector } from '../cases/cache-entries.ts';
import { eventually } from '../../support/eventually.ts';

let db: Database.Database;
let store: Omit<CacheStore, 'totals' | 'disagreements'>;
let close: () => Promise<void>;
let locked: boolean;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  db = new Database(':memory:');
  migrate(db);
  locked = false;
  ({ store, close } = openCacheStore(db, mayBeLocked(buildWriter(db))));
});
afterEach(() => {
  vi.useRealTimers();
  db.close();
});

const mayBeLocked = (writer: Writer): Writer => ({
  write: (work) => (locked ? Promise.reject(new Error('locked')) : writer.write(work)),
  drained: () => writer.drained(),
});
const hits = async (): Promise<number | undefined> => (await store.inspect('a'))?.hits;

describe('hits that cannot be written', () => {
  beforeEach(() => store.keep(entry('a'), MOST));

  it('are written later, each once', async () => {
    locked = true;
    for (let at = 0; at < 300; at += 1) await store.used(use(String(at), 'a'));
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
    for (let at = 0; at < 20_000; at += 1) await store.used(use(String(at), 'a'));
    await expect(store.used(use('one more', 'a'))).rejects.toThrow('hits cannot be counted');
    await expect(close()).rejects.toThrow('locked');
  });
});

describe('hits', () => {
  it('are written together a second later, without anybody who waits', async () => {
    await store.keep(entry('a'), MOST);
    await store.used(use('1', 'a'));
    await store.used(use('2', 'a'));
    expect(await hits()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await eventually(async () => {
      expect(await hits()).toBe(2);
    });
  });
});

describe('the first vector of an index', () => {
  it('makes its table again when the transaction that made it was rolled back', async () => {
    await store.keep(entry('a'), MOST);
    const add = store.addVector({ entry: 'a', index: INDEX, values: vector(0) });
    // Shares its transaction, and fails: the same call id with another key.
    const fail = store.keep(entry('a', { exactKey: 'another' }), MOST);
    await expect(fail).rejects.toThrow(/UNIQUE/);
    await add;
    expect(await store.nearest(near(0))).toHaveLength(1);
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
      await store.keep(entry(id, { tags: ['x'] }), MOST);
      await store.addVector({ entry: id, index: INDEX, values: vector(0) });
      await store.used(use(`call ${id}`, id, { asked: { canon: 'w', text: 'w' } }));
      await store.complain({ call: `call ${id}`, at: NOW });
      await store.complain({ call: id, at: NOW });
      await store.addAlias({ scope: SCOPE, canon: 'v', entry: id, text: 'v', source: 'judge' });
    }
    await store.purge({ all: true });
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
    const opened = openCacheStore(bare, buildWriter(bare));
    await opened.store.keep(entry('a'), MOST);
    await opened.store.addVector({ entry: 'a', index: INDEX, values: vector(0) });
    await expect(opened.store.nearest(near(0))).rejects.toThrow(
      'sqlite-vec cannot be loaded: no such file',
    );
    const asked = { scope: SCOPE, exactKey: 'key of a', canon: 'canon of a' };
    expect((await opened.store.find(asked)).alias?.entry.id).toBe('a');
    expect(await opened.store.withoutVector({ ...near(0), limit: 9 })).toEqual([]);
    expect(await opened.store.inspect('a')).toMatchObject({ indexes: [] });
    expect(openTotals(bare)()).toMatchObject({ entries: 1, vectors: [] });
    expect(await opened.store.purge({ all: true })).toBe(1);
    await opened.close();
    bare.close();
  });
});
