import { describe, expect, it } from 'vitest';
import type { CallMeta, CallRequest, Ended } from '../../src/core/call/call.ts';
import type { Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { evaluate, type Evaluation } from '../../src/eval/evaluate.ts';
import { priceVersions } from '../../src/eval/price.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';
import { answered, casesNamed, fakeParts, fakePlan, judgedCase } from './support.ts';

const right = (request: CallRequest): Promise<Ended> =>
  Promise.resolve(answered(request, { answer: 'yes' }));

const questionOf = ({ input }: CallRequest): string => (input as { question: string }).question;

describe('an evaluation', () => {
  it('asks every version each case before the next case, and takes turns in who is first', async () => {
    const asked: string[] = [];
    const parts = fakeParts((request) => {
      asked.push(`${questionOf(request)} ${request.promptWish ?? ''}`);
      return right(request);
    });
    await evaluate(parts, fakePlan());
    expect(asked).toEqual([
      ...['a faq@v1', 'a faq@v2', 'b faq@v2', 'b faq@v1', 'c faq@v1', 'c faq@v2'],
    ]);
  });

  it('sends calls that no kept answer serves and that keep none, told apart in the books', async () => {
    const asked: CallRequest[] = [];
    const invoke = (request: CallRequest) => {
      asked.push(request);
      return right(request);
    };
    const parts = fakeParts(invoke);
    await evaluate(parts, fakePlan({ cases: casesNamed('a') }));
    expect(asked[0]).toMatchObject({
      toolName: 'answer_question',
      front: 'cli',
      cacheControl: 'no-cache, no-store',
      labels: { feature: 'eval', user: null, team: null },
    });
    const labels = { feature: 'web', user: null, team: null };
    const ofWeb = { ...parts.principal, labels };
    await evaluate({ ...parts, principal: ofWeb }, fakePlan({ cases: casesNamed('a') }));
    expect(asked.at(-1)?.labels.feature).toBeNull();
  });

  it('has as many calls at a time as allowed, and no more', async () => {
    let [running, most] = [0, 0];
    const parts = fakeParts(async (request) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return right(request);
    });
    const cases = casesNamed('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const { versions } = await evaluate(parts, fakePlan({ cases, concurrency: 3 }));
    expect(most).toBe(3);
    const names = versions.map(({ results }) => results.map(({ score }) => score.name).join(''));
    expect(names).toEqual(['abcdefgh', 'abcdefgh']);
  });

  it('keeps a run for each version, with what each case cost, took and got', async () => {
    const parts = fakeParts((request) =>
      Promise.resolve(
        answered(request, { answer: request.promptWish === 'faq@v2' ? 'no' : 'yes' }, 'call_9'),
      ),
    );
    const heard: string[] = [];
    const onResult = ({ score }: { score: { name: string } }) => heard.push(score.name);
    const plan = fakePlan({ cases: [...casesNamed('a'), judgedCase('b')], model: 'm' });
    const evaluation = await evaluate({ ...parts, onResult }, plan);
    expect(evaluation).toMatchObject({ id: 'evaluation_1', isStopped: false });
    expect(parts.store.kept.map(({ run }) => run)).toEqual([
      {
        id: 'run_1',
        evaluation: 'evaluation_1',
        casesHash: 'h',
        model: 'm',
        simulated: true,
        startedAt: 1_000,
        endedAt: 1_000,
        costNanoUsd: 12,
        prompt: { id: 'faq', version: 'v1', hash: 'hash of v1' },
      },
      expect.objectContaining({ id: 'run_2', evaluation: 'evaluation_1' }),
    ]);
    expect(parts.store.kept[1]?.scores).toEqual([
      {
        name: 'a',
        call: 'call_9',
        score: 0,
        detail: 'exact /answer: "no" is not "yes"',
        costNanoUsd: 5,
        latencyMs: 40,
        inputTokens: 120,
        outputTokens: 7,
        model: 'claude-sonnet-5-5',
      },
      expect.objectContaining({ name: 'b', score: 1, costNanoUsd: 7 }),
    ]);
    expect(heard).toHaveLength(4);
  });

  const fails = (code: Code, costNanoUsd = 0) =>
    fakeParts((request) => {
      if (questionOf(request) !== 'b') return right(request);
      const call = fakeCall({ id: 'call_2' }, { attempts: [fakeAttempt({ costNanoUsd })] });
      return Promise.resolve({ ok: false, call, problem: problem(code, { detail: 'So it is.' }) });
    });
  const scoresIn = ({ versions }: Evaluation) =>
    versions[0]?.results.map(({ score }) => [score.name, score.score]);

  it.each<Code>(['output_truncated', 'invalid_output', 'model_refused', 'model_rejected'])(
    'scores 0 a case that ends with %s, which is the doing of the prompt',
    async (code) => {
      const parts = fails(code);
      const evaluation = await evaluate(parts, fakePlan());
      expect(scoresIn(evaluation)).toEqual([
        ['a', 1],
        ['b', 0],
        ['c', 1],
      ]);
      expect(evaluation.versions[0]?.results[1]).toMatchObject({
        verdict: 'failed',
        reason: code,
        score: { call: 'call_2', detail: `${code}: So it is.`, model: null },
      });
      expect(parts.store.kept[0]?.scores).toHaveLength(3);
    },
  );

  it.each<Code>(['budget_spent', 'rate_limited', 'model_unavailable', 'ledger_unavailable'])(
    'has no score for a case that ends with %s, but its price, and goes on',
    async (code) => {
      const parts = fails(code, 3);
      const evaluation = await evaluate(parts, fakePlan());
      expect(scoresIn(evaluation)).toEqual([
        ['a', 1],
        ['c', 1],
      ]);
      expect(evaluation.versions[0]).toMatchObject({
        run: { costNanoUsd: 13 },
        missing: [{ verdict: 'missing', reason: code, score: { name: 'b', call: 'call_2' } }],
      });
      expect(parts.store.kept.map(({ scores }) => scores.map(({ name }) => name))).toEqual([
        ['a', 'c'],
        ['a', 'c'],
      ]);
    },
  );

  it.each<[string, Partial<CallMeta>, string]>([
    ['no model gave', { servedBy: 'fallback' }, 'fallback'],
    [
      'an edited version gave',
      { prompt: { id: 'faq', version: 'v1', variant: 'pinned', hash: 'edited' } },
      'prompt_changed',
    ],
  ])('does not take for an answer of the version what %s', async (_what, meta, reason) => {
    const parts = fakeParts(async (request) => {
      const ended = await right(request);
      Object.assign(ended.call.meta, meta);
      return ended;
    });
    const { versions } = await evaluate(parts, fakePlan({ cases: casesNamed('a') }));
    expect(versions[0]).toMatchObject({ results: [], missing: [{ verdict: 'missing', reason }] });
    expect(parts.store.kept).toEqual([]);
  });

  it('has no score for a case that could not be graded whole, but its price', async () => {
    const parts = fakeParts(right);
    const refused = problem('budget_spent', { detail: 'No money.' });
    const judge = () => Promise.resolve({ ok: false as const, problem: refused, costNanoUsd: 2 });
    const plan = fakePlan({ cases: [judgedCase('a'), ...casesNamed('b')] });
    const { versions } = await evaluate({ ...parts, judge }, plan);
    expect(versions[0]).toMatchObject({
      run: { costNanoUsd: 12 },
      results: [{ score: { name: 'b' } }],
      missing: [
        {
          reason: 'not_graded',
          score: { detail: 'judge: could not be asked: budget_spent: No money.' },
        },
      ],
    });
  });

  it('that cannot be kept is not lost', async () => {
    const parts = fakeParts(right);
    const book = { keep: () => Promise.reject(new Error('the disk is full')) };
    const evaluation = await evaluate({ ...parts, store: book }, fakePlan());
    expect(evaluation).toMatchObject({ isStopped: false, trouble: 'the disk is full' });
    expect(scoresIn(evaluation)).toHaveLength(3);
  });

  it('that is stopped begins nothing more, drops what was cut short, and keeps nothing', async () => {
    const stop = new AbortController();
    let calls = 0;
    const parts = fakeParts((request) => {
      calls += 1;
      if (calls === 4) stop.abort();
      return right(request);
    });
    const evaluation = await evaluate(parts, fakePlan({ signal: stop.signal }));
    expect(calls).toBe(4);
    expect(evaluation.isStopped).toBe(true);
    expect(evaluation.versions.map(({ results }) => results.length)).toEqual([1, 2]);
    // The call that was cut short is paid for.
    expect(evaluation.versions.map(({ run }) => run.costNanoUsd)).toEqual([10, 10]);
    expect(parts.store.kept).toEqual([]);
  });
});

describe('the price of an evaluation', () => {
  it('is that of all cases for each version, and of the judge', async () => {
    const cases = [...casesNamed('a', 'b'), judgedCase('c')];
    const ofCase = (_: unknown, version: string) =>
      Promise.resolve({ expectedNanoUsd: version === 'v1' ? 10 : 20, worstNanoUsd: 100 });
    const judging = { expectedNanoUsd: 1, worstNanoUsd: 3 };
    const known = await priceVersions(
      { ofCase, ofJudge: () => Promise.resolve(judging) },
      ['v1', 'v2'],
      cases,
    );
    expect(known).toEqual([
      { version: 'v1', expectedNanoUsd: 31, worstNanoUsd: 303 },
      { version: 'v2', expectedNanoUsd: 61, worstNanoUsd: 303 },
    ]);
  });
});
