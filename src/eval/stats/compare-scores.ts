import { countOf, meanOf, squaresOf, type Histogram } from './histogram.ts';
import { twoSidedTail } from './normal-tail.ts';
import { buildRandom, monteCarloP, REARRANGEMENTS } from './random.ts';

/** A smaller side of at most so many is drawn anew many times; above, means are as good as normal. */
const DRAWN_UP_TO = 1_000;
const SEED = 2;
/** Sums in another order differ in their last digits. */
const SAME = 1e-9;

/**
 * Two-sided test of whether two independent samples of scores have the same mean. While the smaller has at
 * most 1,000 scores: a permutation test of the difference of means, 20,000 random partitions with a fixed
 * seed (E. J. G. Pitman, 1937), which is exact for ups and downs. Where there are other scores it would take
 * another spread for another mean, so Welch's test (B. L. Welch, 1947) has to agree: the larger p counts.
 * Above: Welch's test alone, whose t is normal by then.
 * @returns mean of `b` minus mean of `a`, and the p-value; null where either has no score
 */
export function compareScores(
  a: Histogram,
  b: Histogram,
): { difference: number; p: number } | null {
  if (countOf(a) === 0 || countOf(b) === 0) return null;
  return { difference: meanOf(b) - meanOf(a), p: pOf(a, b) };
}

function pOf(a: Histogram, b: Histogram): number {
  if (Math.abs(meanOf(b) - meanOf(a)) <= SAME) return 1;
  const fewer = Math.min(countOf(a), countOf(b));
  if (fewer > DRAWN_UP_TO) return twoSidedTail(welch(a, b).t);
  // Of two values the mean says how often each was given, and one score has no spread to look at.
  const valuesGiven = new Set(
    [...a, ...b].filter(({ count }) => count > 0).map(({ score }) => score),
  );
  if (valuesGiven.size <= 2 || fewer === 1) return permuted(a, b);
  const { t, degrees } = welch(a, b);
  return Math.max(permuted(a, b), studentTail(t, degrees));
}

/** Only the sum of the smaller sample needs drawing: it says by how much the means differ. */
function permuted(a: Histogram, b: Histogram): number {
  const smaller = countOf(a) <= countOf(b) ? a : b;
  const drawn = countOf(smaller);
  const all = spread([...a, ...b]);
  const expected = (drawn * all.reduce((sum, score) => sum + score, 0)) / all.length;
  const observed = Math.abs(drawn * meanOf(smaller) - expected) - SAME;
  const random = buildRandom(SEED);
  let asFar = 0;
  for (let round = 0; round < REARRANGEMENTS; round += 1) {
    if (Math.abs(draw(all, drawn, random) - expected) >= observed) asFar += 1;
  }
  return monteCarloP(asFar);
}

function spread(histogram: Histogram): Float64Array {
  const scores = new Float64Array(countOf(histogram));
  let at = 0;
  for (const { score, count } of histogram) {
    scores.fill(score, at, at + count);
    at += count;
  }
  return scores;
}

/** Sum of so many of the scores, drawn without putting back: a shuffle that stops there (Fisher and Yates). */
function draw(all: Float64Array, drawn: number, random: () => number): number {
  let sum = 0;
  for (let at = 0; at < drawn; at += 1) {
    const chosen = at + Math.floor((random() / 2 ** 32) * (all.length - at));
    const score = all[chosen] ?? 0;
    all[chosen] = all[at] ?? 0;
    all[at] = score;
    sum += score;
  }
  return sum;
}

/** Distance of two means, in standard errors, and degrees of freedom (F. E. Satterthwaite, 1946). */
function welch(a: Histogram, b: Histogram): { t: number; degrees: number } {
  const errorOf = (sample: Histogram): number => {
    const count = countOf(sample);
    return squaresOf(sample) / (count - 1) / count;
  };
  const [ofA, ofB] = [errorOf(a), errorOf(b)];
  const both = ofA + ofB;
  // Without any spread any difference is sure.
  if (both === 0) return { t: Infinity, degrees: 1 };
  return {
    t: Math.abs(meanOf(b) - meanOf(a)) / Math.sqrt(both),
    degrees: both ** 2 / (ofA ** 2 / (countOf(a) - 1) + ofB ** 2 / (countOf(b) - 1)),
  };
}

/** Of the integral: even. */
const STEPS = 2_000;

/**
 * Probability of a variable of Student's t distribution at least this far from 0, on either side ("Student",
 * "The probable error of a mean", 1908). With t = √ν tan θ its density is cos θ to the power of ν - 1.
 * @param degrees of freedom, ν, at least 1
 */
export function studentTail(t: number, degrees: number): number {
  const from = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  return areaFrom(from, degrees) / areaFrom(0, degrees);
}

/** Simpson's rule, from there to a right angle. */
function areaFrom(from: number, degrees: number): number {
  const width = (Math.PI / 2 - from) / STEPS;
  const height = (step: number): number => Math.cos(from + step * width) ** (degrees - 1);
  let sum = height(0);
  for (let step = 1; step < STEPS; step += 1) sum += (step % 2 === 1 ? 4 : 2) * height(step);
  // At a right angle the cosine is 0, but for rounding, which may be below it.
  sum += degrees === 1 ? 1 : 0;
  return (sum * width) / 3;
}
