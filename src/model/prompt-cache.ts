import { LRUCache } from 'lru-cache';
import type { Usage } from '../../schemas/wire/call.ts';
import type { PromptPrefix } from '../core/call/plan.ts';

type CacheLife = '5m' | '1h';

/**
 * When to have the provider keep the stable beginning of a prompt. Writing costs a quarter more than
 * plain input for five minutes and twice as much for an hour; reading costs a tenth or less. So it
 * pays when the same beginning comes again in time, and what came again lately will come again.
 */
export interface PromptCache {
  /** Time for which a request sent now should have it kept; null: not at all. */
  timeToLive(prefix: PromptPrefix): CacheLife | null;
  /** A request with this beginning was sent. */
  sent(prefix: PromptPrefix): void;
  /** The provider counted so: whether it has the beginning now. */
  counted(prefix: PromptPrefix, usage: Usage): void;
  /** Whether it should still have it. */
  isWarm(prefix: PromptPrefix): boolean;
}

/** Returns of something in time. Those long ago count less and less. */
interface Reuse {
  gaps: number;
  within5m: number;
  within1h: number;
}

interface SeenPrefix extends Reuse {
  at: number;
  /** Until when the provider keeps it, by its own counts. */
  warmUntil: number;
}

const FIVE_MINUTES_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

/** Prices against plain input, of the models where caching pays least. */
const WRITE_5M = 1.25;
const WRITE_1H = 2;
const READ = 0.1;

/** Half of what is known of a beginning is forgotten after seven uses. */
const REMEMBERED = 0.9;

/** As if it had come too late so often before: one coincidence pays for five minutes, not for an hour. */
const DOUBT = 2;

const KEPT = 500;
const KEPT_CHARS = 20_000_000;

/** `now` in milliseconds since the epoch. */
export function buildPromptCache(now: () => number): PromptCache {
  const seen = new LRUCache<string, SeenPrefix>({
    max: KEPT,
    maxSize: KEPT_CHARS,
    sizeCalculation: (_value, key) => key.length,
  });
  const keyOf = ({ model, text }: PromptPrefix): string => `${model}\n${text}`;
  return {
    timeToLive(prefix) {
      if (prefix.tokens < prefix.minimumTokens) return null;
      const known = seen.peek(keyOf(prefix));
      return known ? cheapest(withGap(known, now() - known.at)) : null;
    },
    sent(prefix) {
      if (prefix.tokens < prefix.minimumTokens) return;
      const key = keyOf(prefix);
      const known = seen.get(key);
      const reuse = known ? withGap(known, now() - known.at) : NO_REUSE;
      seen.set(key, { ...reuse, at: now(), warmUntil: known?.warmUntil ?? 0 });
    },
    counted(prefix, usage) {
      const known = seen.peek(keyOf(prefix));
      if (!known) return;
      const { cache_read, cache_write_5m, cache_write_1h } = usage;
      if (cache_write_1h > 0) known.warmUntil = now() + HOUR_MS;
      // A read winds the time to live up again, whichever of the two it is.
      else if (cache_write_5m + cache_read > 0) {
        known.warmUntil = Math.max(known.warmUntil, now() + FIVE_MINUTES_MS);
      }
    },
    isWarm: (prefix) => (seen.peek(keyOf(prefix))?.warmUntil ?? 0) > now(),
  };
}

const NO_REUSE: Reuse = { gaps: 0, within5m: 0, within1h: 0 };

const withGap = ({ gaps, within5m, within1h }: Reuse, gapMs: number): Reuse => ({
  gaps: REMEMBERED * gaps + 1,
  within5m: REMEMBERED * within5m + (gapMs <= FIVE_MINUTES_MS ? 1 : 0),
  within1h: REMEMBERED * within1h + (gapMs <= HOUR_MS ? 1 : 0),
});

/** Cheapest life in the long run, against plain input, if it comes again as it did. */
function cheapest({ gaps, within5m, within1h }: Reuse): CacheLife | null {
  const priceOf = (inTime: number, write: number): number => {
    const share = inTime / (gaps + DOUBT);
    return share * READ + (1 - share) * write;
  };
  const for5m = priceOf(within5m, WRITE_5M);
  const for1h = priceOf(within1h, WRITE_1H);
  if (Math.min(for5m, for1h) >= 1) return null;
  return for5m <= for1h ? '5m' : '1h';
}
