/** When a breaker opens, what counts as slow, and how it finds its way back. */
export interface BreakerSettings {
  /** So many bad attempts in a row open it. */
  consecutive: number;
  /** So does this share of the last `window` attempts, once there are `minimum`. */
  share: number;
  window: number;
  minimum: number;
  /** A first token that takes longer is bad, whatever is usual. */
  slowFirstTokenMs: number;
  /** Fewer tokens per second are bad, whatever is usual. */
  slowTokensPerSecond: number;
  /** Worse than usual by this factor is bad, for first token and pace alike. */
  factor: number;
  /** Good attempts it takes to know what is usual. */
  baselineMinimum: number;
  /** A first token this quick is never bad, however quick the usual ones are. */
  floorMs: number;
  /** A pace this quick is never bad, however quick the usual one is. */
  enoughTokensPerSecond: number;
  /** An answer of fewer tokens says nothing about pace. */
  paceFromTokens: number;
  /** First wait before a probe; doubled for each probe that is bad, up to the longest. */
  openMs: number;
  longestOpenMs: number;
  /** A probe that has not ended after so long makes room for another. */
  probeLeaseMs: number;
  /**
   * So many probes in a row that are slow only by comparison show what is usual now: the last of
   * them closes the breaker, and the baselines start anew.
   */
  newUsualProbes: number;
}

export const BREAKER_DEFAULTS: BreakerSettings = {
  consecutive: 3,
  share: 0.5,
  window: 20,
  minimum: 10,
  slowFirstTokenMs: 10_000,
  slowTokensPerSecond: 5,
  factor: 5,
  baselineMinimum: 20,
  floorMs: 3_000,
  // Twice as fast as people read.
  enoughTokensPerSecond: 15,
  paceFromTokens: 20,
  openMs: 10_000,
  longestOpenMs: 120_000,
  probeLeaseMs: 120_000,
  newUsualProbes: 3,
};
