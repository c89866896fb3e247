/** From here on the continued fraction is the better one. */
const FAR = 2.5;
const TERMS = 80;

/**
 * Probability of a standard normal variable at least this far from 0, on either side: erfc(|z| / √2).
 * @param z in standard deviations
 */
export function twoSidedTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x === Infinity) return 0;
  return x < FAR ? 1 - erfNear(x) : erfcFar(x);
}

/** Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6: all terms are positive. */
function erfNear(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < TERMS; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The same, 7.1.14: x + (1/2)/(x + 1/(x + (3/2)/(x + …))), from its far end. */
function erfcFar(x: number): number {
  let below = x;
  for (let n = TERMS; n >= 1; n -= 1) below = x + n / 2 / below;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / below;
}
