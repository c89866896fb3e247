/** Holds of the event loop that are over, as the loop itself finds them when it turns again. */
export interface LoopHolds {
  /** The loop turns. */
  beat(at: number): void;
  /** The longest of the last minute, milliseconds; 0 where there was none. */
  longestMs(now: number): number;
  /** Why the loop is not to be relied on; null where it is. */
  trouble(now: number): string | null;
}

export interface HoldLimits {
  /** Interval of beats while nothing holds it, milliseconds. */
  everyMs: number;
  /** A shorter one is none, milliseconds. */
  heldMs: number;
  /** After one of this length others had better be asked for a while, milliseconds. */
  notReadyMs: number;
}

const REMEMBERED_MS = 60_000;
/** Probes come every few seconds: the first after a hold must still see it. */
export const NOT_READY_FOR_MS = 10_000;

export function rememberHolds({ everyMs, heldMs, notReadyMs }: HoldLimits): LoopHolds {
  let held: { endedAt: number; ms: number }[] = [];
  let last: number | null = null;
  const since = (from: number) => held.filter(({ endedAt }) => endedAt >= from);
  return {
    beat(at) {
      const ms = last === null ? 0 : at - last - everyMs;
      last = at;
      if (ms >= heldMs) held = [...since(at - REMEMBERED_MS), { endedAt: at, ms }];
    },
    longestMs: (now) => Math.max(0, ...since(now - REMEMBERED_MS).map(({ ms }) => ms)),
    trouble(now) {
      const long = since(now - NOT_READY_FOR_MS).filter(({ ms }) => ms >= notReadyMs);
      const latest = long.at(-1);
      if (!latest) return null;
      return `The event loop was held for ${String(Math.round(latest.ms))} ms, ${String(Math.round((now - latest.endedAt) / 1000))} s ago; the log says by what.`;
    },
  };
}
