import {
  buildBreaker,
  type Breaker,
  type BreakerChange,
  type BreakerParts,
  type BreakerStatus,
} from './breaker.ts';
import type { BreakerSettings } from './settings.ts';

/** The breakers of a process, one per model, made when a model is first asked for. */
export interface Breakers {
  /** Names come from the configured chains, so they stay few. */
  of(model: string): Breaker;
  statuses(): ({ model: string } & BreakerStatus)[];
}

export interface BreakersParts extends Pick<BreakerParts, 'now' | 'random'> {
  onChange?: (model: string, change: BreakerChange) => void;
}

export function buildBreakers(settings: BreakerSettings, parts: BreakersParts): Breakers {
  const breakers = new Map<string, Breaker>();
  const build = (model: string): Breaker =>
    buildBreaker(settings, {
      now: parts.now,
      random: parts.random,
      onChange: (change) => parts.onChange?.(model, change),
    });
  return {
    of(model) {
      const breaker = breakers.get(model) ?? build(model);
      breakers.set(model, breaker);
      return breaker;
    },
    statuses: () => Array.from(breakers, ([model, breaker]) => ({ model, ...breaker.status() })),
  };
}
