import { describe, expect, it } from 'vitest';
import {
  compareRuns,
  FEWEST_FOR_P,
  isRegression,
  summarize,
  worstCases,
} from '../../src/eval/report.ts';
import { signFlipTest } from '../../src/eval/stats/sign-flip.ts';
import type { EvalScore } from '../../src/stores/ports/prompts.ts';

const score = (name: string, value: number, over: Partial<EvalScore> = {}): EvalScore => ({
  name,
  score: value,
  call: null,
  costNanoUsd: 2,
  latencyMs: 10,
  model: null,
  inputTokens: 30,
  outputTokens: 4,
  detail: '',
  ...over,
});
const scores = (...values: number[]): EvalScore[] =>
  values.map((value, at) => score(`case ${String(at)}`, value));

describe('the summary of a version', () => {
  it('has mean, interval and sums', () => {
    const given = scores(1, 0.5, 0, 0.5).map((each, at) => ({ ...each, latencyMs: 10 * (at + 1) }));
    const summary = summarize(given);
    expect(summary).toMatchObject({
      cases: 4,
      score: 0.5,
      p50Ms: 20,
      p95Ms: 40,
      inputTokens: 120,
      outputTokens: 16,
    });
    expect([summary.low, summary.high].map((each) => each.toFixed(3))).toEqual(['0.150', '0.850']);
  });
});

describe('two versions', () => {
  it('are compared case by case, by name', () => {
    const before = [score('a', 0.5), score('b', 1), score('c', 0), score('gone', 0)];
    const after = [score('c', 1), score('new', 1), score('a', 0.5), score('b', 0.5)];
    expect(compareRuns(before, after)).toEqual({
      pairs: 3,
      wins: 1,
      losses: 1,
      ties: 1,
      p: 1,
      difference: (1 - 0.5) / 3,
    });
  });

  it('without a common case differ in nothing', () => {
    expect(compareRuns(scores(1), [])).toEqual({
      pairs: 0,
      difference: 0,
      p: 1,
      wins: 0,
      losses: 0,
      ties: 0,
    });
  });

  it('show a regression where one is lower and that is no chance', () => {
    const good = scores(1, 1, 1, 1, 1, 1);
    const bad = scores(0, 0, 0, 0, 0, 0);
    expect(isRegression(compareRuns(good, bad))).toBe(true);
    expect(isRegression(compareRuns(bad, good))).toBe(false);
    expect(isRegression(compareRuns(good.slice(1), bad.slice(1)))).toBe(false);
    expect(signFlipTest(Array<number>(FEWEST_FOR_P).fill(1))).toBeLessThan(0.05);
    expect(signFlipTest(Array<number>(FEWEST_FOR_P - 1).fill(1))).toBeGreaterThan(0.05);
  });
});

describe('the worst cases', () => {
  it('are those with the lowest mean over the versions, and none that all got right', () => {
    const one = [score('right', 1), score('half', 1), score('wrong', 0), score('own', 0.9)];
    const other = [score('right', 1), score('half', 0), score('wrong', 0.2)];
    const worst = worstCases([one, other], 9);
    expect(worst.map(({ name }) => name)).toEqual(['wrong', 'half', 'own']);
    expect(worst[2]?.scores).toEqual([one[3], null]);
    expect(worstCases([one, other], 1)).toHaveLength(1);
  });
});
