/** Refills all the time, up to what it may give in a minute. */
export interface TokenBucket {
  readonly perMinute: number;
  /** Amount left to take; below zero when more was taken than there was. */
  left(): number;
  take(amount: number): void;
  /** Until so much may be taken; more than a full bucket holds is never there. */
  msUntil(amount: number): number;
}

const MINUTE_MS = 60_000;

/**
 * Counts in amounts times milliseconds, where a refill is a whole number: whoever waits as long as he
 * was told finds what he was promised.
 */
export function buildTokenBucket(perMinute: number, now: () => Date): TokenBucket {
  const full = perMinute * MINUTE_MS;
  let level = full;
  let atMs = now().getTime();
  function refill(): void {
    const nowMs = now().getTime();
    // A clock set back gives nothing, and takes nothing.
    level = Math.min(full, level + perMinute * Math.max(0, nowMs - atMs));
    atMs = nowMs;
  }
  return {
    perMinute,
    left: () => {
      refill();
      return level / MINUTE_MS;
    },
    take: (amount) => {
      refill();
      level -= amount * MINUTE_MS;
    },
    msUntil: (amount) => {
      refill();
      return Math.max(0, Math.ceil((amount * MINUTE_MS - level) / perMinute));
    },
  };
}
