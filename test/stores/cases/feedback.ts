import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedbackStore, FeedbackRecord } from '../../../src/stores/ports/prompts.ts';
import type { Database } from './database.ts';
import { runs as repeated } from '../../support/depth.ts';

const said = (call: string, over: Partial<FeedbackRecord> = {}): FeedbackRecord => ({
  call,
  principal: 'shop',
  prompt: { id: 'faq', version: 'v2' },
  score: 1,
  comment: null,
  at: 100,
  ...over,
});
const version = (name: string, id = 'faq') => ({ prompt: { id, version: name } });

/** What every store has to keep of feedback. */
export function feedbackCases(newDatabase: () => Database): void {
  let database: Database;
  let store: FeedbackStore;
  let other: FeedbackStore;
  beforeEach(() => {
    database = newDatabase();
    [store, other] = [database.open().feedback, database.open().feedback];
  });
  afterEach(() => database.remove());

  describe('what is said of an answer', () => {
    it('is kept whole, and read in every process', async () => {
      const word = said('call_1', { score: 0.25, comment: 'It names 14 days,\nnot "30"; why?' });
      await store.put(word);
      expect(await other.comments('faq', 9)).toEqual([word]);
      expect(await other.scores('faq')).toEqual([{ version: 'v2', score: 0.25, count: 1 }]);
    });

    it('takes the place of what was said of the call before, all of it', async () => {
      await store.put(said('call_1', { score: 0, comment: 'Wrong.', at: 900 }));
      // By somebody else, in a process whose clock is behind.
      await other.put(said('call_1', { principal: 'boss', score: 0.75, at: 100 }));
      expect(await store.scores('faq')).toEqual([{ version: 'v2', score: 0.75, count: 1 }]);
      expect(await store.comments('faq', 9)).toEqual([]);
    });

    it('is one word per call, when it is said a hundred times at once by two processes', async () => {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          (i % 2 === 0 ? store : other).put(said('call_1', { score: i / 100 })),
        ),
      );
      const scores = await store.scores('faq');
      expect(scores.map(({ count }) => count)).toEqual([1]);
      expect(await other.scores('faq')).toEqual(scores);
    });

    it('with a score that is no number is refused, and the word before stays', async () => {
      await store.put(said('call_1', { score: 0.5, comment: 'So so.' }));
      await expect(store.put(said('call_1', { score: Number.NaN }))).rejects.toThrow();
      expect(await store.comments('faq', 9)).toMatchObject([{ score: 0.5, comment: 'So so.' }]);
    });

    it('of a plain function counts for no prompt', async () => {
      await store.put(said('call_1', { prompt: null, comment: 'Quick.' }));
      expect(await store.scores('faq')).toEqual([]);
      expect(await store.comments('faq', 9)).toEqual([]);
    });
  });

  describe('the scores of a prompt', () => {
    it('are counted by version and score, and those of other prompts are not', async () => {
      const words: Partial<FeedbackRecord>[] = [
        ...[{ ...version('v2'), score: 1 }, version('v2'), { ...version('v2'), score: 0 }],
        ...[{ ...version('v1'), score: 0.5 }, version('v2', 'extract'), version('v2', 'fa')],
      ];
      for (const [at, word] of words.entries()) await store.put(said(`call_${String(at)}`, word));
      expect(await store.scores('faq')).toEqual([
        { version: 'v1', score: 0.5, count: 1 },
        { version: 'v2', score: 0, count: 1 },
        { version: 'v2', score: 1, count: 2 },
      ]);
    });
  });

  describe('the comments on a prompt', () => {
    it('are the newest of those in writing, newest first', async () => {
      for (const [at, comment] of ['a', null, 'b', 'c', null].entries())
        await store.put(said(`call_${String(at)}`, { comment, at: 100 + at }));
      const texts = (await store.comments('faq', 2)).map(({ comment }) => comment);
      expect(texts).toEqual(['c', 'b']);
      expect(await store.comments('extract', 9)).toEqual([]);
    });
  });

  const CALLS = 4;
  const word = fc.record({
    call: fc.nat(CALLS - 1),
    version: fc.constantFrom('v1', 'v2', null),
    score: fc.constantFrom(0, 0.25, 0.5, 1),
    comment: fc.option(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })),
    at: fc.nat(3),
    by: fc.constantFrom('one' as const, 'other' as const),
  });

  describe('whatever is said, by whom and when', () => {
    it('the last word on each call counts, once, as it was said', async () => {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(word, { maxLength: 25 }), async (words) => {
          const id = `prompt-${String((runs += 1))}`;
          const last = new Map<string, FeedbackRecord>();
          for (const { call, version: name, by, ...rest } of words) {
            const prompt = name === null ? null : { id, version: name };
            const record = said(`${id} ${String(call)}`, { ...rest, prompt });
            await (by === 'one' ? store : other).put(record);
            last.set(record.call, record);
          }
          const counted = [...last.values()].filter(({ prompt }) => prompt !== null);
          const scores = await store.scores(id);
          for (const { version: name, score, count } of scores)
            expect(
              counted.filter((each) => each.prompt?.version === name && each.score === score),
            ).toHaveLength(count);
          expect(scores.reduce((sum, { count }) => sum + count, 0)).toBe(counted.length);
          const comments = await other.comments(id, 99);
          const newestFirst = comments.toSorted((a, b) => b.at - a.at);
          expect(comments).toEqual(newestFirst);
          const written = counted.filter(({ comment }) => comment !== null);
          expect(new Set(comments)).toEqual(new Set(written));
          expect(comments).toHaveLength(written.length);
        }),
        { numRuns: repeated(40) },
      );
    });
  });
}
