import { buildBaseline, type Baseline } from './baseline.ts';
import type { BreakerSettings } from './settings.ts';

/** Why a duration is slow. */
export interface Slowness {
  limitMs: number;
  /** Slow only against what is usual, and within the absolute limit. */
  isRelative: boolean;
}

/** A duration of which more is worse, with its absolute limit and what is usual for it. */
export interface Yardstick extends Baseline {
  slowness(ms: number): Slowness | null;
}

/** Measures of an attempt. Pace is kept as milliseconds per token, so that both get worse upwards. */
export interface Yardsticks {
  firstToken: Yardstick;
  msPerToken: Yardstick;
}

export const buildYardsticks = (settings: BreakerSettings): Yardsticks => ({
  firstToken: buildYardstick(settings, {
    slowMs: settings.slowFirstTokenMs,
    floorMs: settings.floorMs,
  }),
  msPerToken: buildYardstick(settings, {
    slowMs: 1000 / settings.slowTokensPerSecond,
    floorMs: 1000 / settings.enoughTokensPerSecond,
  }),
});

function buildYardstick(
  { factor, baselineMinimum }: BreakerSettings,
  { slowMs, floorMs }: { slowMs: number; floorMs: number },
): Yardstick {
  const baseline = buildBaseline(baselineMinimum);
  return {
    ...baseline,
    slowness(ms) {
      if (ms > slowMs) return { limitMs: slowMs, isRelative: false };
      const usualMs = baseline.usual();
      if (usualMs === null) return null;
      const limitMs = Math.max(floorMs, factor * usualMs);
      return ms > limitMs ? { limitMs, isRelative: true } : null;
    },
  };
}
