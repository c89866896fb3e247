import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheStore } from '../../../src/stores/ports/cache.ts';
import {
  entry,
  HOUR,
  INDEX,
  MOST,
  near,
  NOW,
  SCOPE,
  use,
  vector,
  wording,
} from './cache-entries.ts';
import type { Database } from './database.ts';

/** What a cache promises of looking for near questions. */
export function cacheSimilarityCases(newDatabase: () => Database): void {
  let database: Database;
  let store: CacheStore;
  beforeEach(() => {
    database = newDatabase();
    store = database.open().cache;
  });
  afterEach(() => database.remove());

  const add = (id: string, degrees: number, index = INDEX): Promise<void> =>
    store.addVector({ entry: id, index, values: vector(degrees) });
  const keepAt = async (id: string, degrees: number, over = {}): Promise<void> => {
    await store.keep(entry(id, over), MOST);
    await add(id, degrees);
  };
  const ids = async (asked = near(0), from = store): Promise<string[]> =>
    (await from.nearest(asked)).map((each) => each.entry.id);

  describe('the nearest', () => {
    it('come in their order, with their cosine, in every process', async () => {
      for (const [id, degrees] of [
        ['a', 60],
        ['b', 10],
        ['c', 180],
      ] as const)
        await keepAt(id, degrees);
      const found = await database.open().cache.nearest(near(0));
      expect(found.map((each) => each.entry.id)).toEqual(['b', 'a', 'c']);
      const expected = [Math.cos(Math.PI / 18), 0.5, -1];
      for (const [at, { similarity }] of found.entries())
        expect(similarity).toBeCloseTo(expected[at] ?? NaN, 5);
      expect(found[0]?.entry).toMatchObject({ id: 'b', output: '{"answer":"b"}' });
      expect(await ids(near(0, { limit: 1 }))).toEqual(['b']);
    });

    it('are of the scope and of the index, and there may be none', async () => {
      await keepAt('a', 0);
      await store.keep(entry('b', { scope: 'scope-b' }), MOST);
      expect(await ids(near(0, { scope: 'scope-b' }))).toEqual([]);
      expect(await ids(near(0, { scope: 'scope-c' }))).toEqual([]);
      expect(await ids(near(0, { index: 'another' }))).toEqual([]);
      await add('b', 0, 'another');
      expect(await ids(near(0, { index: 'another' }))).toEqual([]);
      expect(await ids(near(0, { scope: 'scope-b', index: 'another' }))).toEqual(['b']);
    });

    it('are not those that are past answering other wordings: these take no place', async () => {
      await keepAt('a', 0, { similarUntil: NOW + 5 });
      await keepAt('b', 50);
      expect(await ids(near(0, { limit: 1, now: NOW + 4 }))).toEqual(['a']);
      expect(await ids(near(0, { limit: 1, now: NOW + 5 }))).toEqual(['b']);
    });

    it('are not those that are denied to the wording: these take no place', async () => {
      await keepAt('a', 0);
      await keepAt('b', 50);
      await store.addNegative(wording('asked', 'a'));
      expect(await ids(near(0, { limit: 1 }))).toEqual(['b']);
      expect(await ids(near(0, { limit: 1, canon: 'another' }))).toEqual(['a']);
    });

    it('are not those in quarantine, whenever their vector comes', async () => {
      await keepAt('a', 0);
      await store.keep(entry('b'), MOST);
      for (const id of ['a', 'b'])
        for (const call of ['1', '2', '3']) {
          await store.used(use(`${id}${call}`, id));
          await store.complain({ call: `${id}${call}`, at: NOW });
        }
      await add('b', 0);
      expect(await ids()).toEqual([]);
      expect(await store.totals()).toMatchObject({ quarantined: 2, vectors: [{ count: 0 }] });
    });

    it('are not those that have gone', async () => {
      await keepAt('a', 0);
      await keepAt('b', 20);
      await store.purge({ entry: 'a' });
      expect(await ids()).toEqual(['b']);
      await keepAt('c', 0);
      expect(await ids()).toEqual(['c', 'b']);
    });
  });

  describe('a vector', () => {
    it('is shown with its entry, and counted by index', async () => {
      await keepAt('a', 0);
      await keepAt('b', 0);
      await add('a', 0, 'another');
      expect((await store.inspect('a'))?.indexes.sort()).toEqual(['another', INDEX]);
      expect((await store.inspect('b'))?.indexes).toEqual([INDEX]);
      expect((await store.totals()).vectors).toEqual([
        { index: INDEX, count: 2 },
        { index: 'another', count: 1 },
      ]);
    });

    it('that is there stays, and one of an entry that has gone is none', async () => {
      await keepAt('a', 0);
      await add('a', 90);
      await add('nothing', 0);
      expect((await store.nearest(near(0)))[0]?.similarity).toBeCloseTo(1, 5);
      expect((await store.totals()).vectors).toEqual([{ index: INDEX, count: 1 }]);
    });

    it.each([
      ['that is zero', new Float32Array(8), /no direction/],
      ['with a value that is no number', vector(0).fill(NaN, 3, 4), /no direction/],
      ['with an infinite value', vector(0).fill(Infinity, 3, 4), /no direction/],
      ['of another length', new Float32Array(4).fill(1), /4 dimensions, the index 8/],
    ])('%s is refused, stored or asked for', async (_what, values, error) => {
      await keepAt('a', 0);
      await store.keep(entry('b'), MOST);
      await expect(store.addVector({ entry: 'b', index: INDEX, values })).rejects.toThrow(error);
      await expect(store.nearest({ ...near(0), vector: values })).rejects.toThrow(error);
      expect(await ids()).toEqual(['a']);
    });

    it('may be a part of a larger array', async () => {
      await keepAt('a', 90);
      await store.keep(entry('b'), MOST);
      const both = new Float32Array([...vector(90), ...vector(0)]);
      await store.addVector({ entry: 'b', index: INDEX, values: both.subarray(8) });
      expect(await ids({ ...near(0), vector: both.subarray(8), limit: 1 })).toEqual(['b']);
    });
  });

  describe('entries without a vector', () => {
    const without = async (over = {}): Promise<string[]> =>
      (await store.withoutVector({ scope: SCOPE, index: INDEX, limit: 9, now: NOW, ...over })).map(
        ({ id }) => id,
      );

    it('are found until they have one, in each index, those that come later as well', async () => {
      for (const id of ['a', 'b', 'c']) await store.keep(entry(id), MOST);
      expect(await without()).toEqual(['a', 'b', 'c']);
      expect(await without({ limit: 2 })).toEqual(['a', 'b']);
      for (const id of ['a', 'b', 'c']) await add(id, 0);
      expect(await without()).toEqual([]);
      expect(await without({ index: 'another' })).toEqual(['a', 'b', 'c']);
      await store.keep(entry('d'), MOST);
      await store.keep(entry('e'), MOST);
      await add('e', 0);
      expect(await without()).toEqual(['d']);
    });

    it('are only those that still answer other wordings', async () => {
      await store.keep(entry('a', { question: null, canon: null }), MOST);
      await store.keep(entry('b', { similarUntil: NOW }), MOST);
      await store.keep(entry('c', { scope: 'scope-b' }), MOST);
      await store.keep(entry('d', { similarUntil: NOW + HOUR }), MOST);
      expect(await without()).toEqual(['d']);
      expect(await without({ scope: 'scope-c' })).toEqual([]);
    });

    it('are found behind very many that have theirs', async () => {
      const ids = Array.from({ length: 600 }, (_, at) => `e${String(at)}`);
      await Promise.all(ids.map((id) => store.keep(entry(id), MOST)));
      await Promise.all(ids.slice(0, -1).map((id) => add(id, 0)));
      const found = [await without(), await without(), await without()];
      expect(found.flat()).toContain('e599');
    });
  });
}
