import { describe, expect, it } from 'vitest';
import type { CallRequest, Ended } from '../../src/call/call.ts';
import { problem } from '../../src/errors/problem.ts';
import { evaluate } from '../../src/eval/evaluate.ts';
import { priceVersions } from '../../src/eval/price.ts';
import { fakeCall } from '../support/calls.ts';
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
      ...{ toolName: 'answer_question', front: 'cli', cacheControl: 'no-cache, no-store' },
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
    expect(parts.book.kept.map(({ run }) => run)).toEqual([
      {
        ...{ id: 'run_1', evaluation: 'evaluation_1', casesHash: 'h', model: 'm' },
        ...{ simulated: true, startedAt: 1_000, endedAt: 1_000, costNanoUsd: 12 },
        prompt: { id: 'faq', version: 'v1', hash: 'hash of v1' },
      },
      expect.objectContaining({ id: 'run_2', evaluation: 'evaluation_1' }),
    ]);
    expect(parts.book.kept[1]?.scores).toEqual([
      {
        ...{ name: 'a', call: 'call_9', score: 0, detail: 'exact /answer: "no" is not "yes"' },
        ...{ costNanoUsd: 5, latencyMs: 40, inputTokens: 120, outputTokens: 7 },
        model: 'claude-sonnet-5-5',
      },
      expect.objectContaining({ name: 'b', score: 1, costNanoUsd: 7 }),
    ]);
    expect(heard).toHaveLength(4);
  });

  it('scores 0 a call that ends with a problem, with its code, and goes on', async () => {
    const parts = fakeParts((request) =>
      questionOf(request) === 'b'
        ? Promise.resolve({
            ...{ ok: false as const, call: fakeCall({ id: 'call_2' }) },
            problem: problem('rate_limited', { detail: 'Too many.' }),
          })
        : right(request),
    );
    const { versions } = await evaluate(parts, fakePlan());
    const [first] = versions;
    expect(first?.results.map(({ score }) => score.score)).toEqual([1, 0, 1]);
    expect(first?.results[1]).toMatchObject({
      isFailed: true,
      score: { call: 'call_2', detail: 'rate_limited: Too many.', model: null },
    });
  });

  it('does not take for an answer of the prompt what no model gave', async () => {
    const parts = fakeParts(async (request) => {
      const ended = await right(request);
      ended.call.meta.servedBy = 'fallback';
      return ended;
    });
    const { versions } = await evaluate(parts, fakePlan({ cases: casesNamed('a') }));
    expect(versions[0]?.results[0]).toMatchObject({
      isFailed: true,
      score: { score: 0, detail: 'no model answered, but fallback' },
    });
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
    expect(parts.book.kept).toEqual([]);
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
