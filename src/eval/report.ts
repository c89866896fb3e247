import type { EvalScore } from '../stores/ports/prompts.ts';
import { percentile } from './stats/percentile.ts';
import { signFlipTest } from './stats/sign-flip.ts';
import { wilsonInterval, type Interval } from './stats/wilson.ts';

/** Summary of a version's cases. */
export interface VersionSummary extends Interval {
  cases: number;
  /** Mean, 0 to 1; 95 % confidence interval `low` to `high`. */
  score: number;
  p50Ms: number;
  p95Ms: number;
  inputTokens: number;
  outputTokens: number;
}

/** Two versions over the cases that both have a score for. */
export interface Comparison {
  /** Cases that both have. */
  pairs: number;
  /** Mean of what the score is above that of the baseline, -1 to 1. */
  difference: number;
  /** Of the difference, if the versions were alike. */
  p: number;
  wins: number;
  losses: number;
  ties: number;
}

const sumOf = <Item>(items: readonly Item[], pick: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + pick(item), 0);

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sumOf(values, (value) => value) / values.length;

export function summarize(scores: readonly EvalScore[]): VersionSummary {
  const score = meanOf(scores.map((each) => each.score));
  const latencies = scores.map(({ latencyMs }) => latencyMs);
  return {
    cases: scores.length,
    score,
    ...wilsonInterval(score, scores.length),
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    inputTokens: sumOf(scores, ({ inputTokens }) => inputTokens),
    outputTokens: sumOf(scores, ({ outputTokens }) => outputTokens),
  };
}

/** Less than this is rounding. */
const TIE = 1e-9;

/** Compares the version with the baseline, case by case, by name: better or worse. */
export function compareRuns(
  baseline: readonly EvalScore[],
  version: readonly EvalScore[],
): Comparison {
  const before = new Map(baseline.map(({ name, score }) => [name, score]));
  const differences = version.flatMap(({ name, score }) => {
    const old = before.get(name);
    return old === undefined ? [] : [score - old];
  });
  const wins = differences.filter((each) => each > TIE).length;
  const losses = differences.filter((each) => each < -TIE).length;
  return {
    pairs: differences.length,
    difference: meanOf(differences),
    p: signFlipTest(differences),
    wins,
    losses,
    ties: differences.length - wins - losses,
  };
}

/** Level of the test; `--no-regression` fails below it. */
export const SIGNIFICANT = 0.05;

/** Fewer differing cases can never show anything: all on one side, p is still 2 / 2^n. */
export const FEWEST_FOR_P = Math.ceil(1 + Math.log2(1 / SIGNIFICANT));

export const isRegression = ({ difference, p }: Comparison): boolean =>
  difference < 0 && p < SIGNIFICANT;

/** Cases that some version got wrong, the worst on average first. */
export interface WorstCase {
  name: string;
  /** In the order of the versions; null where it has no such case. */
  scores: readonly (EvalScore | null)[];
}

export function worstCases(
  versions: readonly (readonly EvalScore[])[],
  limit: number,
): WorstCase[] {
  const byName = versions.map((scores) => new Map(scores.map((each) => [each.name, each])));
  const names = [...new Set(versions.flat().map(({ name }) => name))];
  const mean = ({ scores }: WorstCase): number =>
    meanOf(scores.flatMap((each) => (each ? [each.score] : [])));
  return names
    .map((name) => ({ name, scores: byName.map((scores) => scores.get(name) ?? null) }))
    .filter(({ scores }) => scores.some((each) => each !== null && each.score < 1))
    .sort((a, b) => mean(a) - mean(b))
    .slice(0, limit);
}
