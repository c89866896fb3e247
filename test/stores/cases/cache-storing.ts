import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  CacheStore,
  CacheMatches,
  NewCachedAnswer,
  Selection,
} from '../../../src/stores/ports/cache.ts';
import { DAY, entry, HOUR, MOST, NOW, SCOPE, use, wording } from './cache-entries.ts';
import type { Database } from './database.ts';

/** What a cache promises of keeping, finding and letting go. */
export function cacheStoringCases(newDatabase: () => Database): void {
  let database: Database;
  let store: CacheStore;
  let other: CacheStore;
  beforeEach(() => {
    database = newDatabase();
    [store, other] = [database.open().cache, database.open().cache];
  });
  afterEach(() => database.remove());

  const find = (of: {
    key?: string;
    canon?: string | null;
    scope?: string;
  }): Promise<CacheMatches> =>
    store.find({
      scope: of.scope ?? SCOPE,
      exactKey: of.key ?? 'none',
      canon: of.canon ?? null,
    });
  const exact = async (id: string): Promise<string | undefined> =>
    (await find({ key: `key of ${id}` })).exact?.id;

  describe('a kept answer', () => {
    it('is found whole by its exact key and by its own wording, in every process', async () => {
      const kept = entry('a', { tenant: 'shop' });
      await store.keep(kept, MOST);
      const { canon } = kept;
      const whole: Partial<NewCachedAnswer> = { ...kept };
      for (const column of ['canon', 'tags', 'staleUntil'] as const)
        Reflect.deleteProperty(whole, column);
      for (const each of [store, other])
        expect(await each.find({ scope: SCOPE, exactKey: 'key of a', canon })).toEqual({
          exact: whole,
          alias: { entry: whole, text: 'What is a?', source: 'own' },
        });
    });

    it('is not found under another key, wording or scope', async () => {
      await store.keep(entry('a'), MOST);
      const nothing = { exact: null, alias: null };
      expect(await find({ key: 'key', canon: 'canon' })).toEqual(nothing);
      expect(await find({ scope: 'scope-b', key: 'key of a', canon: 'canon of a' })).toEqual(
        nothing,
      );
    });

    it('that has no wording is found by its key alone', async () => {
      await store.keep(entry('a', { question: null, canon: null }), MOST);
      expect((await find({ key: 'key of a' })).exact).toMatchObject({ question: null });
      expect(await store.mostAsked({ scope: SCOPE, canon: 'x', limit: 9, now: NOW })).toEqual([]);
    });

    it('past its time is still found, and beside it what its wording leads to', async () => {
      await store.keep(entry('old', { exactUntil: NOW + 1, canon: 'same' }), MOST);
      await store.keep(entry('new'), MOST);
      await store.addAlias(wording('same', 'new'));
      const found = await find({ key: 'key of old', canon: 'same' });
      expect([found.exact?.id, found.alias?.entry.id]).toEqual(['old', 'new']);
    });

    it('is there for as long as it may be of use, and goes when others come', async () => {
      await store.keep(entry('a', { staleUntil: NOW + 2 * DAY }), MOST);
      await store.keep(
        entry('b', { createdAt: NOW + 2 * DAY - 1, staleUntil: NOW + 9 * DAY }),
        MOST,
      );
      expect(await exact('a')).toBe('a');
      await store.keep(entry('c', { createdAt: NOW + 2 * DAY, staleUntil: NOW + 9 * DAY }), MOST);
      expect(await exact('a')).toBeUndefined();
      expect(await exact('b')).toBe('b');
      expect(await store.totals()).toMatchObject({ entries: 2, aliases: 2, scopes: 1 });
    });
  });

  describe('a newer answer to the same input', () => {
    it('takes its place, with the wordings that were learnt and those that were denied', async () => {
      await store.keep(entry('a', { exactKey: 'k' }), MOST);
      await store.addAlias(wording('learnt', 'a'));
      await store.addNegative(wording('denied', 'a'));
      const before = await store.generation();
      await store.keep(entry('b', { exactKey: 'k', canon: 'canon of a' }), MOST);
      expect((await find({ key: 'k' })).exact?.id).toBe('b');
      expect((await find({ canon: 'learnt' })).alias).toMatchObject({ entry: { id: 'b' } });
      expect((await find({ canon: 'canon of a' })).alias).toMatchObject({ entry: { id: 'b' } });
      expect((await find({ key: 'k', canon: 'denied' })).exact).toBeNull();
      expect(await store.inspect('a')).toBeNull();
      expect(await store.totals()).toMatchObject({ entries: 1, aliases: 2, negatives: 1 });
      expect(await other.generation()).toBeGreaterThan(before);
    });

    it('answers its own wording again, be it that the old answer was denied it', async () => {
      await store.keep(entry('a', { exactKey: 'k', canon: 'c' }), MOST);
      await store.addNegative(wording('c', 'a'));
      expect(await find({ key: 'k', canon: 'c' })).toEqual({ exact: null, alias: null });
      await store.keep(entry('b', { exactKey: 'k', canon: 'c' }), MOST);
      expect((await find({ key: 'k', canon: 'c' })).exact?.id).toBe('b');
    });
  });

  describe('a wording of two answers', () => {
    it('keeps leading to the first for as long as that is good, and then to the second', async () => {
      await store.keep(entry('a', { canon: 'same' }), MOST);
      await store.keep(entry('b', { canon: 'same' }), MOST);
      expect((await find({ canon: 'same' })).alias?.entry.id).toBe('a');
      await store.keep(entry('c', { canon: 'same', createdAt: NOW + HOUR }), MOST);
      expect((await find({ canon: 'same' })).alias?.entry.id).toBe('c');
    });
  });

  describe('a scope with as much as it may have', () => {
    it('lets go what was not used for the longest time', async () => {
      const most = { ...MOST, entries: 3 };
      for (const [at, id] of ['a', 'b', 'c'].entries())
        await store.keep(entry(id, { createdAt: NOW + at }), most);
      await store.used(use('call', 'a'));
      await store.complain({ call: 'another', at: NOW }); // uses are written before
      const before = await store.generation();
      await store.keep(entry('d', { createdAt: NOW + 9_000 }), most);
      expect(await Promise.all(['a', 'b', 'c', 'd'].map(exact))).toEqual([
        'a',
        undefined,
        'c',
        'd',
      ]);
      expect(await other.generation()).toBeGreaterThan(before);
    });

    it('is measured in bytes as well, and keeps the newest be it too large', async () => {
      await store.keep(entry('a'), MOST);
      const bytes = (await store.totals()).bytes + 100;
      await store.keep(entry('b', { createdAt: NOW + 1 }), { ...MOST, bytes });
      expect([await exact('a'), await exact('b')]).toEqual([undefined, 'b']);
      const output = 'é'.repeat(5_000);
      await store.keep(entry('c', { createdAt: NOW + 2, output }), { ...MOST, bytes });
      expect([await exact('b'), await exact('c')]).toEqual([undefined, 'c']);
      expect((await store.totals()).bytes).toBeGreaterThan(10_000);
    });

    it('takes nothing from another scope', async () => {
      await store.keep(entry('a', { scope: 'scope-b' }), MOST);
      await store.keep(entry('b'), { ...MOST, entries: 1 });
      await store.keep(entry('c', { createdAt: NOW + 1 }), { ...MOST, entries: 1 });
      expect((await find({ scope: 'scope-b', key: 'key of a' })).exact?.id).toBe('a');
    });
  });

  describe('a purge', () => {
    const some = {
      a: entry('a', { tool: 'classify', prompt: 'p@v1', tags: ['x', 'y'] }),
      b: entry('b', { prompt: 'p@v2', tags: ['y'], tenant: 'shop' }),
      c: entry('c', { prompt: 'pp@v1' }),
    };
    it.each<[string, Selection, string[]]>([
      ['of an entry', { entry: 'a' }, ['a']],
      ['of a tool', { tool: 'answer_question' }, ['b', 'c']],
      ['of all versions of a prompt', { prompt: 'p' }, ['a', 'b']],
      ['of one version of it', { prompt: 'p@v2' }, ['b']],
      ['by tag', { tag: 'y' }, ['a', 'b']],
      ['of a tenant', { tenant: 'shop' }, ['b']],
      ['by two conditions takes what meets both', { tag: 'y', tool: 'classify' }, ['a']],
      ['of all', { all: true }, ['a', 'b', 'c']],
      ['of nothing', {}, []],
      ['of what is not there', { tag: 'z' }, []],
    ])('%s', async (_what, selection, gone) => {
      for (const each of Object.values(some)) await store.keep(each, MOST);
      const before = await other.generation();
      expect(await store.purge(selection)).toBe(gone.length);
      const left = await Promise.all(Object.keys(some).map(exact));
      expect(left.filter(Boolean)).toEqual(Object.keys(some).filter((id) => !gone.includes(id)));
      expect((await other.generation()) > before).toBe(gone.length > 0);
    });

    it('leaves nothing of an entry behind', async () => {
      await store.keep(entry('a', { tags: ['x'] }), MOST);
      await store.addAlias(wording('w', 'a'));
      await store.addNegative(wording('v', 'a'));
      expect(await store.purge({ all: true })).toBe(1);
      expect(await store.totals()).toMatchObject({
        scopes: 0,
        entries: 0,
        bytes: 0,
        aliases: 0,
        negatives: 0,
        quarantined: 0,
      });
      expect(await find({ key: 'key of a', canon: 'w' })).toEqual({ exact: null, alias: null });
    });

    it('takes more than fit into one transaction', async () => {
      const ids = Array.from({ length: 300 }, (_, at) => String(at));
      await Promise.all(ids.map((id) => store.keep(entry(id, { tags: ['x'] }), MOST)));
      expect(await store.purge({ tag: 'x' })).toBe(300);
      expect(await store.totals()).toMatchObject({ entries: 0, aliases: 0 });
    });
  });
}
