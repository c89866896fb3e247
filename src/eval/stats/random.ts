/**
 * Whole numbers from 0 to 2³² - 1, the same in every run: a test must say the same of the same scores.
 * Xorshift of 128 bits (G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8/14, 2003).
 */
export function buildRandom(seed: number): () => number {
  let [x, y, z, w] = [123_456_789 ^ seed, 362_436_069, 521_288_629, 88_675_123];
  return () => {
    const mixed = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8);
    return w >>> 0;
  };
}

/** Random rearrangements that stand in for all of them. */
export const REARRANGEMENTS = 20_000;

/**
 * The p-value of a test that looked at some rearrangements only: the observed one counts among them, so it
 * is never zero (B. Phipson and G. Smyth, "Permutation p-values should never be zero", 2010).
 * @param asFar how many of the rearrangements were at least as far from nothing
 */
export const monteCarloP = (asFar: number): number => (1 + asFar) / (1 + REARRANGEMENTS);
