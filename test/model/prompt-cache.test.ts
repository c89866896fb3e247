import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PromptPrefix } from '../../src/core/call/plan.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { buildPromptCache } from '../../src/model/prompt-cache.ts';
import { seededRandom } from '../../src/simulator/random.ts';
import { runs } from '../support/depth.ts';

const MINUTE = 60_000;
const PREFIX: PromptPrefix = {
  model: 'claude-sonnet-5-5',
  text: 'You answer questions.',
  tokens: 1024,
  minimumTokens: 1024,
};

/** A cache whose clock stands still until it is set on. */
function open() {
  let now = Date.parse('2026-11-23T00:00:00Z');
  const cache = buildPromptCache(() => now);
  return {
    cache,
    /** Some minutes later, what a request with this beginning would do; then it is sent. */
    after: (minutes: number, prefix = PREFIX) => {
      now += minutes * MINUTE;
      const timeToLive = cache.timeToLive(prefix);
      cache.sent(prefix);
      return timeToLive;
    },
    wait: (minutes: number) => {
      now += minutes * MINUTE;
    },
  };
}

describe('the beginning of a prompt', () => {
  it('is not kept at its first sight: it may never come again', () => {
    expect(open().after(0)).toBeNull();
  });

  it('is kept for five minutes from the second on, when that came within five', () => {
    const { after } = open();
    after(0);
    expect([after(5), after(0.1), after(4)]).toEqual(['5m', '5m', '5m']);
  });

  it('is kept for an hour when it came again within one, three times', () => {
    const { after } = open();
    after(0);
    expect([after(20), after(60), after(6), after(30)]).toEqual([null, null, '1h', '1h']);
  });

  it('is not kept when it comes again too late', () => {
    const { after } = open();
    for (let day = 0; day < 20; day += 1) expect(after(61)).toBeNull();
  });

  it('is not kept any more when it comes too late too often', () => {
    const { after } = open();
    for (let times = 0; times < 50; times += 1) after(1);
    expect(after(120)).toBe('5m');
    const later = Array.from({ length: 30 }, () => after(120));
    expect(later.at(-1)).toBeNull();
    expect(later.lastIndexOf('5m')).toBeLessThan(20);
  });

  it('is kept again soon when its traffic comes back', () => {
    const { after } = open();
    for (let times = 0; times < 50; times += 1) after(120);
    const back = Array.from({ length: 5 }, () => after(1));
    expect(back.at(-1)).toBe('5m');
  });

  it('under the size that its model caches is never kept', () => {
    const { after } = open();
    const short = { ...PREFIX, tokens: 1023 };
    for (let times = 0; times < 9; times += 1) expect(after(1, short)).toBeNull();
    expect(after(1)).toBeNull();
  });

  it('counts for its own model and its own text', () => {
    const { after } = open();
    after(0);
    expect(after(1, { ...PREFIX, model: 'claude-haiku-5-5' })).toBeNull();
    expect(after(1, { ...PREFIX, text: 'You sum up.' })).toBeNull();
    expect(after(1)).toBe('5m');
  });

  it('is forgotten when many others came, so that memory is bounded', () => {
    const { cache, after } = open();
    after(0);
    for (let each = 0; each < 600; each += 1) cache.sent({ ...PREFIX, text: String(each) });
    expect(after(1)).toBeNull();
  });

  it('only looked at is not sent', () => {
    const { cache } = open();
    cache.timeToLive(PREFIX);
    expect(cache.timeToLive(PREFIX)).toBeNull();
  });
});

describe('what the provider keeps', () => {
  const usage = (counts: Partial<typeof NO_USAGE>) => ({
    ...NO_USAGE,
    source: 'provider' as const,
    ...counts,
  });

  it.each([
    [{ cache_write_5m: 1 }, 5],
    [{ cache_read: 1 }, 5],
    [{ cache_write_1h: 1 }, 60],
  ])('is warm as long as its counts promise: %j for %i minutes', (counts, minutes) => {
    const { cache, after, wait } = open();
    after(0);
    expect(cache.isWarm(PREFIX)).toBe(false);
    cache.counted(PREFIX, usage(counts));
    wait(minutes - 0.01);
    expect(cache.isWarm(PREFIX)).toBe(true);
    wait(0.01);
    expect(cache.isWarm(PREFIX)).toBe(false);
  });

  it('stays warm through later requests, and a read takes nothing from an hour', () => {
    const { cache, after, wait } = open();
    after(0);
    cache.counted(PREFIX, usage({ cache_write_1h: 9 }));
    after(10);
    cache.counted(PREFIX, usage({ cache_read: 9 }));
    wait(49);
    expect(cache.isWarm(PREFIX)).toBe(true);
  });

  it('is not warm for having been sent, nor by counts without it', () => {
    const { cache, after } = open();
    after(0);
    after(1);
    cache.counted(PREFIX, usage({ input: 2_000 }));
    expect(cache.isWarm(PREFIX)).toBe(false);
    // Nothing is known of what was never sent.
    cache.counted({ ...PREFIX, text: 'Other' }, usage({ cache_read: 9 }));
    expect(cache.isWarm({ ...PREFIX, text: 'Other' })).toBe(false);
  });
});

/** Prices against plain input, of a model of today. */
const PRICES = { '5m': 1.25, '1h': 2, read: 0.05 };
const KEPT_MINUTES = { '5m': 5, '1h': 60 };

/** What requests at such distances (minutes) cost with the rule, as a share of never caching. */
function priceOf(gaps: readonly number[]): number {
  const { after } = open();
  let now = 0;
  let keptUntil = -Infinity;
  let keptFor = 0;
  let cost = 0;
  for (const gap of gaps) {
    now += gap;
    const timeToLive = after(gap);
    if (timeToLive === null) {
      cost += 1;
      continue;
    }
    const isRead = now <= keptUntil;
    if (!isRead) keptFor = KEPT_MINUTES[timeToLive];
    cost += isRead ? PRICES.read : PRICES[timeToLive];
    keptUntil = now + keptFor;
  }
  return cost / gaps.length;
}

describe('the price of keeping', () => {
  const seed = fc.integer().map(String);
  /** From twenty seconds to two days. */
  const usualMinutes = fc.double({ min: Math.log(1 / 3), max: Math.log(2_880), noNaN: true });
  const draw = (from: string): number[] => {
    const random = seededRandom(from);
    return Array.from({ length: 1_500 }, () => 1 - random());
  };

  it('is never much more than that of not keeping, however requests come by chance', () => {
    fc.assert(
      fc.property(usualMinutes, seed, (log, from) => {
        const poisson = draw(from).map((chance) => -Math.log(chance) * Math.exp(log));
        const even = draw(from).map((chance) => chance * 2 * Math.exp(log));
        expect(priceOf(poisson)).toBeLessThan(1.05);
        expect(priceOf(even)).toBeLessThan(1.05);
      }),
    );
  });

  it('is far less for steady traffic', () => {
    for (const minutes of [0.01, 1, 4.9, 5.1, 20, 59]) {
      expect(priceOf(Array.from({ length: 500 }, () => minutes))).toBeLessThan(0.07);
    }
  });

  it.each([
    [20, 0.2],
    [30, 0.4],
  ])('is less for irregular traffic every %i minutes or so', (minutes, share) => {
    fc.assert(
      fc.property(seed, (from) => {
        const gaps = draw(from).map((chance) => -Math.log(chance) * minutes);
        expect(priceOf(gaps)).toBeLessThan(share);
      }),
      { numRuns: runs(20) },
    );
  });

  it.each([
    [1, 90],
    [1, 1, 1, 600],
    [4, 8],
    [30, 90],
  ])('is never much more for requests that come in beats: %j', (...beat) => {
    const gaps = Array.from({ length: 600 }, (_, at) => beat[at % beat.length] ?? 0);
    expect(priceOf(gaps)).toBeLessThan(1.01);
  });
});
