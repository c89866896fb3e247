import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../../../src/errors/problem.ts';
import { fakeCall } from '../../support/calls.ts';
import { cells, openEvalStage, reply, type EvalStage } from '../eval-stage.ts';

let stage: EvalStage;
beforeEach(() => {
  stage = openEvalStage();
});
afterEach(() => {
  stage.folder.remove();
});

const OUTAGE = problem('model_unavailable', { detail: 'Overloaded.' });

describe('the exit code of tollgate eval', () => {
  it('is 1 where a version misses --min-score', async () => {
    stage.writeCases();
    expect((await stage.run({ minScore: 1 })).code).toBe(0);
    const { code, out } = await stage.run({ versions: ['v1', 'v3'], minScore: 0.5 });
    expect(code).toBe(1);
    expect(out).toContain('Failed: v3 scores 0.000, which is less than 0.5.');
  });

  it('is 1 where a version is worse than that of --no-regression, which takes part unasked', async () => {
    stage.writeCases();
    const { code, out } = await stage.run({ versions: ['v3'], noRegression: 'v2' });
    expect(code).toBe(1);
    expect(out).toContain('Failed: v3 is worse than v2: -1.000, p = 0.031.');
    expect((await stage.run({ versions: ['v1'], noRegression: 'v2' })).code).toBe(0);
    expect((await stage.run({ versions: ['v2', 'v3'] })).code).toBe(0);
  });

  it('is 0 where too few cases can show nothing, but it says so', async () => {
    stage.writeCases(['a', 'b', 'c']);
    const { code, out } = await stage.run({ versions: ['v3'], noRegression: 'v2' });
    expect(code).toBe(0);
    expect(out).toContain('Note: with 3 cases no regression can show');
  });

  it('is 1 where a gate has no verdict: an outage proves no version good', async () => {
    stage.writeCases();
    const of = stage.app({
      invoke: (request) =>
        Promise.resolve(
          ['a', 'b'].includes((request.input as { question: string }).question)
            ? reply(request)
            : { ok: false, problem: OUTAGE, call: fakeCall() },
        ),
    });
    const { code, out } = await stage.run({ noRegression: 'v1' }, { of });
    expect(code).toBe(1);
    expect(out).toContain(
      'Note: v2: 4 of its cases are left out, which is no fault of the prompt: model_unavailable (4).',
    );
    expect(out).toContain('Failed: there is no verdict on v2: 4 of its cases could not be');
    expect(cells(out, 'v2').slice(1, 5)).toEqual(['1.000', '0.342 to 1.000', '2', '0']);
    expect((await stage.run({ minScore: 0.5 }, { of })).code).toBe(1);
    expect((await stage.run({}, { of })).code).toBe(0);
  });

  it('is 1 where a gate has nothing to go by, and no score is made up', async () => {
    stage.writeCases();
    const of = stage.app({
      invoke: () => Promise.resolve({ ok: false, problem: OUTAGE, call: fakeCall() }),
    });
    const { code, out } = await stage.run({ minScore: 0.5, noRegression: 'v1' }, { of });
    expect(code).toBe(1);
    expect(cells(out, 'v1').slice(1, 4)).toEqual(['-', '0.000 to 1.000', '0']);
    expect(out).not.toMatch(/scores|difference|run_/);
    const { out: asJson } = await stage.run({ json: true }, { of });
    const reasons = Array.from({ length: 6 }, () => ({ reason: OUTAGE.code }));
    expect(JSON.parse(asJson)).toMatchObject({
      versions: [{ score: null, cases: [], missing: reasons }, {}],
      comparisons: [],
    });
  });

  it('is 1 where answers are missing because of what a version says', async () => {
    stage.writeCases();
    const cut = problem('output_truncated', { detail: 'Too long.' });
    const of = stage.app({
      invoke: (request) =>
        Promise.resolve(
          request.promptWish === 'faq@v3'
            ? { ok: false, problem: cut, call: fakeCall() }
            : reply(request),
        ),
    });
    const { code, out } = await stage.run({ versions: ['v3'], noRegression: 'v1' }, { of });
    expect(code).toBe(1);
    expect(out).toContain(
      'Note: v3: 6 of its cases got no answer, which counts as 0: output_truncated (6).',
    );
    expect(out).toContain('Failed: v3 is worse than v1: -1.000, p = 0.031.');
  });

  it('is 1 where the scores could not be kept, which are shown', async () => {
    stage.writeCases();
    const keep = () => Promise.reject(new Error('database is locked'));
    const of = stage.app({ evals: { ...stage.book, keep } });
    const { code, out } = await stage.run({ versions: ['v1'] }, { of });
    expect(code).toBe(1);
    expect(cells(out, 'v1')[1]).toBe('1.000');
    expect(out).toContain('Failed: the scores could not be kept: database is locked.');
    expect(out).not.toContain('run_');
  });

  it('is 0 where --no-regression compares nothing, but it says so', async () => {
    stage.writeCases();
    const { code, out } = await stage.run({ versions: ['v1'], noRegression: 'v1' });
    expect(code).toBe(0);
    expect(out).toContain('Note: no other version takes part: v1 is compared with none.');
  });

  it('is 1 where it was stopped, and what was done is shown', async () => {
    stage.writeCases();
    const stop = new AbortController();
    const of = stage.app({
      invoke(request) {
        stage.asked.push(request);
        if (stage.asked.filter(({ toolName }) => toolName === 'answer_question').length === 5)
          stop.abort();
        return Promise.resolve(reply(request));
      },
    });
    const wish = { concurrency: 1, versions: ['v1', 'v3'], minScore: 0.5 };
    const { code, out } = await stage.run(wish, { of, signal: stop.signal });
    expect(code).toBe(1);
    expect([cells(out, 'v1')[3], cells(out, 'v3')[3]]).toEqual(['2', '2']);
    expect(out.match(/^Failed: .*$/gm)).toEqual(['Failed: it was stopped: nothing is kept.']);
    expect(out).not.toContain('run_');
    expect(stage.book.kept).toEqual([]);
  });

  it('is 1 where it was stopped before anything was asked', async () => {
    stage.writeCases();
    const cancelled = problem('cancelled', { detail: 'Gone.' });
    const of = stage.app({
      invoke: () => Promise.resolve({ ok: false, problem: cancelled, call: fakeCall() }),
    });
    const { code, aside } = await stage.run({}, { of, signal: AbortSignal.abort() });
    expect({ code, aside }).toEqual({ code: 1, aside: 'stopped before anything was asked\n' });
  });
});
