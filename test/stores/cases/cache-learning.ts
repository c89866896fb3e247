import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  CacheStore,
  CacheMatches,
  EvidenceLabel,
  ServingState,
} from '../../../src/stores/ports/cache.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { DAY, entry, MOST, NOW, SCOPE, use, wording } from './cache-entries.ts';
import type { Database } from './database.ts';

/** What a cache promises of wordings, complaints, figures and evidence. */
export function cacheLearningCases(newDatabase: () => Database): void {
  let database: Database;
  let store: Store;
  let cacheStore: CacheStore;
  let other: CacheStore;
  beforeEach(() => {
    database = newDatabase();
    store = database.open();
    [cacheStore, other] = [store.cache, database.open().cache];
  });
  afterEach(() => database.remove());

  const alias = async (canon: string, scope = SCOPE): Promise<CacheMatches['alias']> =>
    (await cacheStore.find({ scope, exactKey: 'none', canon })).alias;

  describe('a wording that was learnt', () => {
    it('leads to its entry, and to another one when that is learnt', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.keep(entry('b'), MOST);
      await cacheStore.addAlias(wording('w', 'a'));
      expect(await alias('w')).toMatchObject({
        entry: { id: 'a' },
        text: 'text of w',
        source: 'judge',
      });
      await cacheStore.addAlias(wording('w', 'b', { source: 'person' }));
      expect(await alias('w')).toMatchObject({ entry: { id: 'b' }, source: 'person' });
    });

    it('leads nowhere for an entry that has gone, or is of another scope', async () => {
      await cacheStore.keep(entry('a', { scope: 'scope-b' }), MOST);
      await cacheStore.addAlias(wording('w', 'a'));
      await cacheStore.addAlias(wording('w', 'nothing'));
      expect([await alias('w'), await alias('w', 'scope-b')]).toEqual([null, null]);
    });

    it('does not take the place of a good one for an entry that is denied to it', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.keep(entry('b'), MOST);
      await cacheStore.addAlias(wording('w', 'a'));
      await cacheStore.addNegative(wording('w', 'b'));
      await cacheStore.addAlias(wording('w', 'b'));
      expect(await alias('w')).toMatchObject({ entry: { id: 'a' } });
    });
  });

  describe('a wording that is denied an entry', () => {
    it('is not served it by key, wording or use, and every process hears of it', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.addAlias(wording('w', 'a'));
      const before = await other.generation();
      await cacheStore.addNegative(wording('w', 'a', { source: 'check' }));
      expect(await other.generation()).toBeGreaterThan(before);
      const asked = { scope: SCOPE, exactKey: 'key of a', canon: 'w' };
      expect(await other.find(asked)).toEqual({ exact: null, alias: null });
      expect(await cacheStore.mostAsked({ ...asked, limit: 9, now: NOW })).toEqual([]);
      expect(await alias('canon of a')).toMatchObject({ entry: { id: 'a' } });
    });

    it('is free for another entry, which has it for its own', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.addAlias(wording('w', 'a'));
      await cacheStore.addNegative(wording('w', 'a'));
      await cacheStore.keep(entry('b', { canon: 'w' }), MOST);
      expect(await alias('w')).toMatchObject({ entry: { id: 'b' }, source: 'own' });
    });

    it('is shown to people with both texts, the newest first, but not where a judge asked', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.addNegative(wording('v', 'a', { source: 'check' }));
      await cacheStore.addNegative(wording('u', 'a', { source: 'judge' }));
      expect(await cacheStore.disagreements(9)).toEqual([
        {
          entry: 'a',
          tool: 'answer_question',
          asked: 'text of v',
          stored: 'What is a?',
          source: 'check',
          at: expect.any(Number) as unknown,
        },
      ]);
    });
  });

  describe('a complaint', () => {
    it('by the call that made the answer, or one that had it, is a strike; the third is the end', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.used(use('call_exact', 'a'));
      await cacheStore.used(use('call_other', 'a', { asked: { canon: 'w', text: 'And a?' } }));
      await cacheStore.addAlias(wording('w', 'a'));
      const at = NOW + 5_000;
      const said = { entry: 'a', quarantined: false };
      expect(await cacheStore.complain({ call: 'call_exact', at })).toEqual({
        ...said,
        strikes: 1,
      });
      expect(await cacheStore.complain({ call: 'call_other', at })).toEqual({
        ...said,
        strikes: 2,
      });
      expect(await alias('w')).toBeNull();
      expect(await alias('canon of a')).not.toBeNull();
      const before = await other.generation();
      expect(await other.complain({ call: 'a', at })).toEqual({
        entry: 'a',
        strikes: 3,
        quarantined: true,
      });
      expect(await other.generation()).toBeGreaterThan(before);
      const asked = { scope: SCOPE, exactKey: 'key of a', canon: 'canon of a' };
      expect(await cacheStore.find(asked)).toEqual({ exact: null, alias: null });
      expect(await cacheStore.mostAsked({ ...asked, canon: 'x', limit: 9, now: NOW })).toEqual([]);
      expect(await cacheStore.inspect('a')).toMatchObject({
        quarantined: true,
        strikes: 3,
        hits: 2,
        negatives: [{ text: 'And a?', source: 'caller' }],
      });
      expect(await cacheStore.totals()).toMatchObject({ entries: 1, quarantined: 1 });
    });

    it('counts once for each call, however often it is said', async () => {
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.used(use('call_1', 'a'));
      for (let time = 0; time < 3; time += 1)
        expect(await cacheStore.complain({ call: 'call_1', at: NOW + time })).toMatchObject({
          strikes: 1,
        });
    });

    it('about a call that is not known, or whose answer has gone, is none', async () => {
      expect(await cacheStore.complain({ call: 'call_1', at: NOW })).toBeNull();
      await cacheStore.keep(entry('a'), MOST);
      await cacheStore.used(use('call_1', 'a'));
      await cacheStore.complain({ call: 'call_1', at: NOW });
      await cacheStore.purge({ entry: 'a' });
      expect(await cacheStore.complain({ call: 'call_1', at: NOW })).toBeNull();
      await cacheStore.keep(entry('a'), MOST);
      expect(await cacheStore.inspect('a')).toMatchObject({ strikes: 0 });
      expect(await cacheStore.complain({ call: 'call_1', at: NOW })).toBeNull();
    });

    it('is heard for thirty days', async () => {
      const lasting = { staleUntil: NOW + 90 * DAY };
      await cacheStore.keep(entry('a', lasting), MOST);
      await cacheStore.used(use('call_1', 'a', { at: NOW }));
      await cacheStore.used(use('call_2', 'a', { at: NOW + 1 }));
      await cacheStore.complain({ call: 'nobody', at: NOW });
      await cacheStore.keep(entry('b', { ...lasting, createdAt: NOW + 30 * DAY + 1 }), MOST);
      expect(await cacheStore.complain({ call: 'call_1', at: NOW })).toBeNull();
      expect(await cacheStore.complain({ call: 'call_2', at: NOW })).toMatchObject({ strikes: 1 });
    });

    it('is not held against the newer answer to the same input', async () => {
      await cacheStore.keep(entry('a', { exactKey: 'k' }), MOST);
      for (const call of ['1', '2']) await cacheStore.used(use(call, 'a'));
      for (const call of ['1', '2', 'a']) await cacheStore.complain({ call, at: NOW });
      await cacheStore.keep(entry('b', { exactKey: 'k' }), MOST);
      expect(await cacheStore.inspect('b')).toMatchObject({ strikes: 0, quarantined: false });
      expect((await cacheStore.find({ scope: SCOPE, exactKey: 'k', canon: null })).exact?.id).toBe(
        'b',
      );
    });
  });

  describe('hits', () => {
    it('are all counted when the store is closed, with what they saved', async () => {
      await cacheStore.keep(entry('a'), MOST);
      for (let at = 0; at < 600; at += 1)
        await cacheStore.used(use(`call_${String(at)}`, 'a', { at: NOW + at, savedNanoUsd: 7 }));
      await store.close();
      expect(await other.inspect('a')).toMatchObject({
        hits: 600,
        savedNanoUsd: 4_200,
        lastUsedAt: NOW + 599,
      });
    });

    it('order what is asked most', async () => {
      for (const id of ['a', 'b', 'c']) await cacheStore.keep(entry(id), MOST);
      for (const [call, id] of ['c', 'b', 'c', 'b', 'c'].entries())
        await cacheStore.used(use(String(call), id));
      await cacheStore.complain({ call: 'nobody', at: NOW });
      const asked = { scope: SCOPE, canon: 'w', limit: 2, now: NOW };
      expect((await cacheStore.mostAsked(asked)).map(({ id }) => id)).toEqual(['c', 'b']);
      await cacheStore.addNegative(wording('w', 'c'));
      expect((await cacheStore.mostAsked(asked)).map(({ id }) => id)).toEqual(['b', 'a']);
      expect(await cacheStore.mostAsked({ ...asked, now: NOW + DAY })).toEqual([]);
      expect(await cacheStore.mostAsked({ ...asked, scope: 'scope-b' })).toEqual([]);
    });

    it('of an entry that has gone harm nobody', async () => {
      await cacheStore.used(use('call_1', 'nothing'));
      await store.close();
      expect(await other.totals()).toMatchObject({ entries: 0 });
    });
  });

  describe('evidence', () => {
    const key = { class: 'answer_question question', index: 'i', rules: 'r' };
    const label = (pair: string, at: number, over: Partial<EvidenceLabel> = {}): EvidenceLabel => ({
      ...key,
      pair,
      similarity: 0.9,
      same: true,
      judge: 'm',
      at,
      ...over,
    });

    it('is kept by class, index and rules, of a pair the newest, and read oldest first', async () => {
      await cacheStore.label(label('p', 1, { same: false }));
      await cacheStore.label(label('q', 2, { similarity: 0.8 }));
      await cacheStore.label(label('p', 3));
      await cacheStore.label(label('p', 4, { rules: 'r2' }));
      expect(await other.labels(key, 9)).toEqual([
        { similarity: 0.8, same: true, at: 2 },
        { similarity: 0.9, same: true, at: 3 },
      ]);
      expect(await cacheStore.labels(key, 1)).toEqual([{ similarity: 0.9, same: true, at: 3 }]);
      expect(await cacheStore.labels({ ...key, class: 'another' }, 9)).toEqual([]);
    });

    it('leads to a state, which is replaced by the next', async () => {
      const state: ServingState = {
        state: 'serving',
        threshold: 0.93,
        looks: 2,
        labels: 400,
        judged: 300,
        wrong: 1,
        bound: 0.0185,
        at: NOW,
      };
      expect(await cacheStore.state(key)).toBeNull();
      await cacheStore.saveState(key, { ...state, state: 'shadow', threshold: null });
      await cacheStore.saveState(key, state);
      expect(await other.state(key)).toEqual(state);
      expect(await other.states()).toEqual([{ ...key, ...state }]);
    });
  });
}
