/**
 * The smallest of the values that at least this share of them does not exceed (nearest rank).
 * @param share 0 < share <= 1
 * @returns 0 where there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
