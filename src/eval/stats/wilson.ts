/** Half of a 95 % interval on either side, in standard deviations. */
const Z = 1.959_963_984_540_054;

export interface Interval {
  low: number;
  high: number;
}

/**
 * 95 % confidence interval of a mean of scores between 0 and 1 (E. B. Wilson, "Probable inference, the law
 * of succession, and statistical inference", 1927). It is one for shares; the variance of graded scores is
 * at most p(1 - p), that of a share, so for them it is rather too wide than too narrow.
 * @param mean 0 to 1
 * @param count of scores; with none anything is possible
 */
export function wilsonInterval(mean: number, count: number): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const shrunk = 1 + Z ** 2 / count;
  const centre = (mean + Z ** 2 / (2 * count)) / shrunk;
  const half = (Z / shrunk) * Math.sqrt((mean * (1 - mean)) / count + Z ** 2 / (4 * count ** 2));
  // Rounding must not leave the mean of a perfect version outside of its own interval.
  return {
    low: Math.min(mean, Math.max(0, centre - half)),
    high: Math.max(mean, Math.min(1, centre + half)),
  };
}
