/** Something that the watchdog has to say. Times in milliseconds. */
export type Sighting = { kind: 'held' | 'released'; heldMs: number } | null;

/** Looks at beats; says once that they have stopped, and once that they are back. */
export interface LoopWatch {
  look(now: number, beatAt: number): Sighting;
}

/**
 * @param heldMs how long no beat may come
 * A watch that was late itself has not slept alone: the machine or the process stood still, and how long the
 * loop is held counts from there.
 */
export function openWatch(heldMs: number): LoopWatch {
  let lookedAt: number | null = null;
  let countsFrom = 0;
  let hold: { beatAt: number } | null = null;
  return {
    look(now, beatAt) {
      if (lookedAt !== null && now - lookedAt > heldMs) countsFrom = now;
      lookedAt = now;
      if (hold) {
        if (hold.beatAt === beatAt) return null;
        const heldFor = beatAt - hold.beatAt;
        hold = null;
        return { kind: 'released', heldMs: heldFor };
      }
      const silentMs = now - Math.max(beatAt, countsFrom);
      if (silentMs <= heldMs) return null;
      hold = { beatAt };
      return { kind: 'held', heldMs: silentMs };
    },
  };
}
