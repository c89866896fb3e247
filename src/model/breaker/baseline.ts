/** Weight of one value: half of what is known is forgotten after about 14. */
const WEIGHT = 0.05;
/** A value counts as at most twice, at least half of what is usual: one outlier moves it by 3.5 %. */
const LONGEST_STEP = Math.log(2);
/** Largest rise at once of what is usual: room for chance, not for a trend. */
const HEADROOM = Math.log(1.5);
/**
 * Beyond the headroom it doubles in six hours at most. The limit is in time, not in attempts: on a busy
 * model a hundred attempts are a second, and a model that gets worse would take its measure along.
 */
const RISE_PER_MS = Math.log(2) / (6 * 3_600_000);
/** A logarithm needs more than nothing. */
const LEAST = 1e-3;

export interface Baseline {
  /** Null until enough values were seen. */
  usual(): number | null;
  learn(value: number, atMs: number): void;
  forget(): void;
}

/**
 * Baseline of a duration, learned from good attempts only. It starts as the median of the first
 * `minimum` values and then follows their logarithm, so that twice and half weigh the same. It falls
 * freely, but rises slowly: a creeping slowdown is measured against what was usual before it began.
 */
export function buildBaseline(minimum: number): Baseline {
  let first: number[] = [];
  let level: number | null = null;
  let ceiling = 0;
  let raisedAt = 0;

  const begin = (atMs: number): void => {
    level = median(first);
    ceiling = level + HEADROOM;
    raisedAt = atMs;
    first = [];
  };

  const follow = (from: number, log: number, atMs: number): void => {
    ceiling += RISE_PER_MS * Math.max(0, atMs - raisedAt);
    raisedAt = atMs;
    const step = Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, log - from));
    level = Math.min(from + WEIGHT * step, ceiling);
    ceiling = Math.min(ceiling, level + HEADROOM);
  };

  return {
    usual: () => (level === null ? null : Math.exp(level)),
    learn(value, atMs) {
      if (!Number.isFinite(value)) return;
      const log = Math.log(Math.max(LEAST, value));
      if (level !== null) {
        follow(level, log, atMs);
        return;
      }
      first.push(log);
      if (first.length >= minimum) begin(atMs);
    },
    forget() {
      first = [];
      level = null;
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const below = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const above = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return (below + above) / 2;
}
