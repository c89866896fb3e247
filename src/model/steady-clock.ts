/** A clock that never goes back, and what it shows in the words of the one it is read from. */
export interface SteadyClock {
  /** Milliseconds; for durations and waits. */
  now(): number;
  /** A moment of `now` -> milliseconds since the epoch, for people. */
  toWall(at: number): number;
}

/**
 * A wall clock that is set back would stop every wait until it has caught up: here the time that was
 * taken back is added again. One that is set forward ends waits early, which harms nobody.
 */
export function buildSteadyClock(wall: () => number): SteadyClock {
  let last = -Infinity;
  let taken = 0;
  return {
    now() {
      const at = wall();
      if (at < last) taken += last - at;
      last = at;
      return at + taken;
    },
    toWall: (at) => at - taken,
  };
}
