import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvalStore, EvalRun, EvalScore } from '../../../src/stores/ports/prompts.ts';
import type { Database } from './database.ts';
import { runs as repeated } from '../../support/depth.ts';

const run = (id: string, over: Partial<EvalRun> = {}): EvalRun => ({
  id,
  evaluation: 'eval_1',
  prompt: { id: 'faq', version: 'v2', hash: 'h2' },
  casesHash: 'c1',
  model: null,
  simulated: true,
  startedAt: 100,
  endedAt: 900,
  costNanoUsd: 12_345,
  ...over,
});
const scored = (name: string, score = 1, over: Partial<EvalScore> = {}): EvalScore => ({
  name,
  call: `call of ${name}`,
  score,
  costNanoUsd: 500,
  latencyMs: 41.5,
  inputTokens: 120,
  outputTokens: 19,
  model: 'claude-haiku-5-5',
  detail: 'contains: yes',
  ...over,
});

/** What every store has to keep of evaluations. */
export function evalCases(newDatabase: () => Database): void {
  let database: Database;
  let store: EvalStore;
  let other: EvalStore;
  beforeEach(() => {
    database = newDatabase();
    [store, other] = [database.open().evals, database.open().evals];
  });
  afterEach(() => database.remove());

  describe('a run of an evaluation', () => {
    it('is kept whole, its scores by name of the case, in every process', async () => {
      const whole = run('run_1', { model: 'claude-sonnet-5-5', simulated: false });
      const nobody = { call: null, model: null, latencyMs: 0, inputTokens: 0, outputTokens: 0 };
      const lost = scored('b', 0, { ...nobody, costNanoUsd: 0, detail: 'No "answer":\nrefused' });
      await store.keep(whole, [scored('c', 0.5), lost, scored('a')]);
      expect(await other.get('run_1')).toEqual({
        run: whole,
        scores: [scored('a'), lost, scored('c', 0.5)],
      });
    });

    it('is kept with all of its scores or not at all', async () => {
      const twice = store.keep(run('run_1'), [scored('a'), scored('b'), scored('a', 0)]);
      await expect(twice).rejects.toThrow();
      expect(await store.get('run_1')).toBeNull();
      expect(await store.list('faq', 9)).toEqual([]);
      await store.keep(run('run_1'), [scored('a'), scored('b')]);
      expect((await store.get('run_1'))?.scores).toHaveLength(2);
    });

    it('is never overwritten by another of its id', async () => {
      await store.keep(run('run_1'), [scored('a')]);
      await expect(other.keep(run('run_1', { model: 'm' }), [scored('b')])).rejects.toThrow();
      expect(await store.get('run_1')).toEqual({ run: run('run_1'), scores: [scored('a')] });
    });

    it('that nobody made is null', async () => {
      expect(await store.get("x' OR 1=1 --")).toBeNull();
    });
  });

  describe('the runs of a prompt', () => {
    it('are listed newest first, with mean score and number of cases', async () => {
      await store.keep(run('old', { startedAt: 1 }), [scored('a', 1), scored('b', 0)]);
      await other.keep(run('new', { startedAt: 3 }), [scored('a', 0.25)]);
      await store.keep(run('mid', { startedAt: 2 }), [scored('a'), scored('b'), scored('c', 0.25)]);
      const prompt = { id: 'extract', version: 'v1', hash: 'h' };
      await store.keep(run('another', { prompt, startedAt: 9 }), [scored('a')]);
      expect(await store.list('faq', 9)).toEqual([
        { ...run('new', { startedAt: 3 }), cases: 1, score: 0.25 },
        { ...run('mid', { startedAt: 2 }), cases: 3, score: 0.75 },
        { ...run('old', { startedAt: 1 }), cases: 2, score: 0.5 },
      ]);
      expect((await store.list('faq', 2)).map(({ id }) => id)).toEqual(['new', 'mid']);
    });

    it('of the same moment, as versions that are compared, have an order all the same', async () => {
      for (const id of ['b', 'c', 'a']) await store.keep(run(id), [scored('a')]);
      const ids = (await store.list('faq', 9)).map(({ id }) => id);
      expect(ids).toEqual(['c', 'b', 'a']);
    });

    it('without a case have a score of 0', async () => {
      await store.keep(run('empty'), []);
      expect(await store.list('faq', 9)).toMatchObject([{ cases: 0, score: 0 }]);
      expect(await store.get('empty')).toEqual({ run: run('empty'), scores: [] });
    });

    it('have the mean of their scores, whatever these are', async () => {
      let runs = 0;
      const score = fc.double({ min: 0, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(fc.array(score, { minLength: 1, maxLength: 30 }), async (scores) => {
          const id = `run-${String((runs += 1))}`;
          const kept = scores.map((each, at) =>
            scored(`case ${String(at).padStart(2, '0')}`, each),
          );
          await store.keep(run(id, { prompt: { id, version: 'v1', hash: 'h' } }), kept);
          const [listed] = await other.list(id, 9);
          const mean = scores.reduce((sum, each) => sum + each, 0) / scores.length;
          expect(listed?.cases).toBe(scores.length);
          expect(listed?.score).toBeCloseTo(mean, 12);
          // -0 is 0 in a database.
          expect((await other.get(id))?.scores.map(({ score: each }) => each)).toEqual(
            scores.map((each) => each + 0),
          );
        }),
        { numRuns: repeated(25) },
      );
    });
  });
}
