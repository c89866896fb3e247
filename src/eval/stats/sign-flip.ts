import { buildRandom, monteCarloP, REARRANGEMENTS } from './random.ts';

/** Up to 2^20 rearrangements are all looked at. */
const EXACT_UP_TO = 20;
const SEED = 1;
/** Sums in another order differ in their last digits. */
const SAME = 1e-9;

/**
 * Two-sided paired test of whether two versions score alike: under that assumption each difference might as
 * well have the other sign (R. A. Fisher, "The Design of Experiments", 1935, § 21). Exact up to 20 differences
 * that are not zero, else from 20,000 random flips with a fixed seed.
 * @param differences of the scores of the same case
 * @returns the p-value, 0 < p <= 1; 1 where nothing differs
 */
export function signFlipTest(differences: readonly number[]): number {
  const sizes = differences.filter((each) => Math.abs(each) > SAME).map(Math.abs);
  const observed = Math.abs(differences.reduce((sum, each) => sum + each, 0)) - SAME;
  if (sizes.length === 0 || observed <= 0) return 1;
  return sizes.length <= EXACT_UP_TO
    ? exact(sizes, observed)
    : monteCarloP(countFlips(sizes, observed));
}

/** One sign changes from each arrangement to the next (a Gray code), so each costs one addition. */
function exact(sizes: readonly number[], observed: number): number {
  const signs = sizes.map(() => 1);
  let sum = sizes.reduce((total, size) => total + size, 0);
  let asFar = Math.abs(sum) >= observed ? 1 : 0;
  const all = 2 ** sizes.length;
  for (let step = 1; step < all; step += 1) {
    const at = 31 - Math.clz32(step & -step);
    const sign = signs[at] ?? 1;
    sum -= 2 * sign * (sizes[at] ?? 0);
    signs[at] = -sign;
    if (Math.abs(sum) >= observed) asFar += 1;
  }
  return asFar / all;
}

function countFlips(sizes: readonly number[], observed: number): number {
  const random = buildRandom(SEED);
  let asFar = 0;
  for (let round = 0; round < REARRANGEMENTS; round += 1) {
    let sum = 0;
    for (const size of sizes) sum += random() < 2 ** 31 ? size : -size;
    if (Math.abs(sum) >= observed) asFar += 1;
  }
  return asFar;
}
