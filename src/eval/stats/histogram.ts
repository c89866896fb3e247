import { wilsonInterval, type Interval } from './wilson.ts';

/** Count of a score given. */
export interface ScoreCount {
  /** 0 to 1. */
  score: number;
  count: number;
}

export type Histogram = readonly ScoreCount[];

export const countOf = (histogram: Histogram): number =>
  histogram.reduce((total, { count }) => total + count, 0);

/** Of at least one score. */
export const meanOf = (histogram: Histogram): number =>
  histogram.reduce((sum, { score, count }) => sum + score * count, 0) / countOf(histogram);

/** Sum of squared distances from the mean. */
export function squaresOf(histogram: Histogram): number {
  const mean = meanOf(histogram);
  return histogram.reduce((sum, { score, count }) => sum + count * (score - mean) ** 2, 0);
}

/** Count of scores, their mean, its 95 % confidence interval; null where there are none. */
export function summarizeScores(
  histogram: Histogram,
): ({ count: number; mean: number } & Interval) | null {
  const count = countOf(histogram);
  if (count === 0) return null;
  const mean = meanOf(histogram);
  return { count, mean, ...wilsonInterval(mean, count) };
}
