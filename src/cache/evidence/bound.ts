/**
 * Clopper-Pearson upper bound of a share, 0 to 1: with confidence 1 - alpha, no more than that is
 * wrong of all from which `judged` were drawn. It is the p for which P(Bin(judged, p) <= wrong) is
 * alpha, or the 1 - alpha quantile of Beta(wrong + 1, judged - wrong); 1 without evidence.
 * Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413.
 * @throws RangeError unless 0 <= wrong <= judged, whole, and 0 < alpha <= 0.5
 */
export function upperBound(wrong: number, judged: number, alpha: number): number {
  demandCounts(wrong, judged);
  if (!(alpha > 0 && alpha <= 0.5)) throw new RangeError(`alpha must be above 0 and at most 0.5`);
  if (wrong === judged) return 1;
  if (wrong === 0) return -Math.expm1(Math.log(alpha) / judged);
  const chances = logCombinations(wrong, judged);
  // The median of Bin(n, e/n) is e: the tail there is at least a half, so the bound is above.
  let [low, high] = [wrong / judged, 1];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (lowerTail({ wrong, judged, chances, share: middle }) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** The fewest labels, none wrong, that can bring the bound down to the share. */
export const fewestLabels = (share: number, alpha: number): number =>
  Math.ceil(Math.log(alpha) / Math.log1p(-share));

function demandCounts(wrong: number, judged: number): void {
  const areCounts = Number.isSafeInteger(wrong) && Number.isSafeInteger(judged);
  if (areCounts && wrong >= 0 && wrong <= judged) return;
  throw new RangeError(`${String(wrong)} of ${String(judged)} is no share`);
}

/** ln C(judged, wrong). */
function logCombinations(wrong: number, judged: number): number {
  let sum = 0;
  for (let each = 1; each <= wrong; each += 1) sum += Math.log((judged - wrong + each) / each);
  return sum;
}

interface Tail {
  wrong: number;
  judged: number;
  /** ln C(judged, wrong). */
  chances: number;
  share: number;
}

/**
 * P(Bin(judged, share) <= wrong) where share is at least wrong / judged: from the largest term down,
 * each a multiple of the one before, so that nothing overflows.
 */
function lowerTail({ wrong, judged, chances, share }: Tail): number {
  const odds = (1 - share) / share;
  let [term, sum] = [1, 1];
  for (let each = wrong; each > 0 && term > sum * Number.EPSILON; each -= 1) {
    term *= (odds * each) / (judged - each + 1);
    sum += term;
  }
  const largest = chances + wrong * Math.log(share) + (judged - wrong) * Math.log1p(-share);
  return Math.exp(largest) * sum;
}
