import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket, type Share } from '../../../src/model/queue/bucket.ts';
import type { RateLimitBucket } from '../../../src/model/provider.ts';
import { TrueBucket } from './simulated-provider.ts';
import { SimulatedTime } from './simulated-time.ts';
import { runs } from '../../support/depth.ts';

const T = 1_000_000;
const told = (remaining: number, over: Partial<RateLimitBucket> = {}): RateLimitBucket => {
  const limit = over.limit ?? 60;
  return { limit, remaining, fullAt: T + ((limit - remaining) / limit) * 60_000, ...over };
};

/** A bucket of 60, one per second, in which `remaining` were left at T. */
function known(remaining: number): Bucket {
  const bucket = new Bucket(1);
  const share = bucket.take(0, T);
  bucket.count(share, T);
  bucket.learn(share, told(remaining), T);
  return bucket;
}

function answer(bucket: Bucket, share: Share, remaining: number): void {
  bucket.count(share, T);
  bucket.learn(share, told(remaining), T);
}

describe('a bucket', () => {
  it('refuses nothing while nothing is known of it', () => {
    const bucket = new Bucket(1);
    bucket.take(1e9, T);
    expect(bucket.available(T)).toBe(Infinity);
    expect(bucket.waitMs(1e9, T)).toBe(0);
    expect(bucket.told(T)).toBeNull();
  });

  it('has what the headers say less all that is open', () => {
    const bucket = new Bucket(1);
    const [first] = [bucket.take(1, T), bucket.take(1, T), bucket.take(1, T)];
    answer(bucket, first, 20);
    expect(bucket.available(T)).toBe(18);
  });

  it('fills up per minute, and not above its limit', () => {
    const bucket = known(10);
    expect(bucket.available(T + 5_000)).toBeCloseTo(15);
    expect(bucket.available(T + 500_000)).toBe(60);
  });

  it('goes on filling up when the clock is set back', () => {
    const bucket = known(10);
    const before = T - 3_600_000;
    expect(bucket.available(before)).toBe(10);
    expect(bucket.available(before + 5_000)).toBeCloseTo(15);
  });

  it('does not refill for what is open: the provider may count it only then', () => {
    const bucket = known(60);
    bucket.take(5, T);
    expect(bucket.available(T + 500_000)).toBe(55);
  });

  it('is not raised by an old header that came late', () => {
    const bucket = known(50);
    const old = bucket.take(1, T);
    const later = Array.from({ length: 10 }, () => bucket.take(1, T));
    for (const [i, share] of later.entries()) answer(bucket, share, 48 - i);
    expect(bucket.available(T)).toBe(39);
    answer(bucket, old, 49);
    expect(bucket.available(T)).toBe(39);
  });

  it('is raised by a header that must have everything in it', () => {
    const bucket = known(10);
    answer(bucket, bucket.take(1, T), 30);
    expect(bucket.available(T)).toBe(30);
  });

  it('believes a header that tells of less, as when somebody else uses the key', () => {
    const bucket = known(50);
    const [first] = [bucket.take(1, T), bucket.take(3, T)];
    answer(bucket, first, 5);
    // Whether the 5 have the open 3 in them cannot be known.
    expect(bucket.available(T)).toBe(2);
  });

  it('takes a header that tells of a little less at its word: costs are estimates', () => {
    const bucket = known(50);
    const [first] = [bucket.take(1, T), bucket.take(30, T)];
    // our own counts say 19.
    answer(bucket, first, 15);
    expect(bucket.available(T)).toBe(12);
  });

  it('does not count on refill that the header may have in it already', () => {
    const bucket = known(50);
    const share = bucket.take(1, T);
    bucket.count(share, T + 5_000);
    bucket.learn(share, told(49), T + 5_000);
    expect(bucket.available(T + 5_000)).toBe(49);
  });

  it('owes no more than a whole bucket, whatever was taken before it was known', () => {
    const bucket = known(60);
    for (let i = 0; i < 10; i += 1) bucket.count(bucket.take(60, T), T);
    expect(bucket.waitMs(1, T)).toBe(61_000);
  });

  it('keeps what an attempt without headers took, for it may have been counted', () => {
    const bucket = known(50);
    bucket.abandon(bucket.take(10, T), T);
    expect(bucket.available(T)).toBe(40);
    expect(bucket.available(T + 2_000)).toBeCloseTo(42);
    expect(bucket.open).toBe(0);
  });

  it('does not refill for such an attempt until it must have been counted, whoever looks', () => {
    const bucket = known(60);
    bucket.abandon(bucket.take(10, T), T);
    expect(bucket.available(T + 2_000)).toBe(50);
    expect(bucket.available(T + 12_000)).toBe(60);
  });

  it('gives back what was never sent', () => {
    const bucket = known(50);
    bucket.giveBack(bucket.take(10, T));
    expect(bucket.available(T)).toBe(50);
  });

  it('gives back what a prompt was reserved too much, once', () => {
    const bucket = known(50);
    const [first, second] = [bucket.take(10, T), bucket.take(10, T)];
    bucket.count(first, T);
    bucket.correct(first, 4);
    expect(bucket.available(T)).toBe(36);
    // This header must have the first in it, so its correction is in it too.
    answer(bucket, second, 40);
    bucket.correct(second, 6);
    expect(bucket.available(T)).toBe(40);
    bucket.correct(second, 9);
    expect(bucket.available(T)).toBe(37);
  });

  it('gives back too what was reserved before a header, if that had it as reserved', () => {
    const bucket = known(50);
    const [first, second] = [bucket.take(10, T), bucket.take(10, T), bucket.take(10, T)];
    answer(bucket, second, 18);
    expect(bucket.available(T)).toBe(17);
    answer(bucket, first, 30);
    bucket.correct(first, 4);
    expect(bucket.available(T)).toBe(23);
  });

  it('corrects what is open as well', () => {
    const bucket = known(50);
    const share = bucket.take(10, T);
    bucket.correct(share, 4);
    expect(bucket.available(T)).toBe(46);
    bucket.count(share, T);
    expect(bucket.available(T)).toBe(46);
    expect(bucket.open).toBe(0);
  });

  it('asks no more of anybody than that it be full', () => {
    const bucket = known(30);
    expect(bucket.needed(1_000)).toBe(60);
    expect(bucket.readyAt(1_000, T)).toBe(T + 30_000);
    const open = bucket.take(1, T);
    expect(bucket.readyAt(1_000, T)).toBe(Infinity);
    bucket.abandon(open, T);
    expect(bucket.readyAt(1_000, T)).toBe(T + 1_000);
    expect(bucket.take(1_000, T).cost).toBe(60);
  });

  it('learns that it fills more slowly than per minute, and that it does not', () => {
    const bucket = new Bucket(1);
    const hour = (now: number): RateLimitBucket => told(30, { fullAt: now + 1_800_000 });
    const first = bucket.take(1, T);
    bucket.count(first, T);
    bucket.learn(first, hour(T), T);
    expect(bucket.waitMs(40, T) / 600_000).toBeCloseTo(1, 1);
    const second = bucket.take(1, T);
    bucket.count(second, T);
    bucket.learn(second, told(30), T);
    expect(bucket.waitMs(40, T) / 10_000).toBeCloseTo(1, 1);
  });

  it('has a new size when the provider says so', () => {
    const bucket = known(50);
    answer(bucket, bucket.take(1, T), 20);
    const share = bucket.take(1, T);
    bucket.count(share, T);
    bucket.learn(share, told(100, { limit: 120 }), T);
    expect(bucket.told(T)).toEqual({ limit: 120, remaining: 100, fullAt: T + 10_000 });
  });

  it('does not count on tokens that rounding may have added', () => {
    const bucket = new Bucket(1_000);
    const share = bucket.take(0, T);
    bucket.count(share, T);
    bucket.learn(share, told(5_000, { limit: 10_000 }), T);
    expect(bucket.available(T)).toBe(4_500);
  });
});

const request = fc.record({
  atMs: fc.nat(120_000),
  cost: fc.integer({ min: 1, max: 40 }),
  /** What is reserved more than it costs. */
  spare: fc.nat(10),
  travelMs: fc.nat(900),
  thinkMs: fc.nat(3_000),
  returnMs: fc.nat(3_000),
  end: fc.constantFrom('answered', 'answered', 'answered', 'dropped', 'unsent'),
  dropMs: fc.nat(4_000),
});

describe('what a bucket says is there', () => {
  it('is there, whatever is still on its way and however answers overtake each other', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 150, size: 'max' }),
        fc.integer({ min: 50, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (requests, limit, fill) => {
          const world = new BucketWorld(limit, fill * limit);
          for (const each of requests)
            world.time.after(each.atMs, () => {
              world.send(each);
            });
          world.run();
          expect(world.excess).toBeLessThan(1e-6);
          expect(world.bucket.available(world.time.now + 200_000)).toBe(limit);
          expect(world.bucket.open).toBe(0);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

/** One true bucket and what this process makes of it; nothing is sent that seems not to fit. */
class BucketWorld {
  readonly time = new SimulatedTime(T);
  readonly bucket = new Bucket(1);
  readonly #true: TrueBucket;
  /** Sent and not yet counted by the provider. */
  #travelling = 0;
  /** The most by which the bucket ever claimed too much. */
  excess = -Infinity;

  constructor(limit: number, level: number) {
    this.#true = new TrueBucket({ limit, level, at: T });
    const first = this.bucket.take(0, T);
    this.bucket.count(first, T);
    this.bucket.learn(first, this.#true.told(T), T);
  }

  run(): void {
    for (let next = this.time.step(); next; next = this.time.step()) {
      const { now } = this.time;
      const certain = this.#true.level(now) - this.#travelling;
      this.excess = Math.max(this.excess, this.bucket.available(now) - certain);
    }
  }

  send({ cost, spare, travelMs, thinkMs, returnMs, end, dropMs }: RequestOf): void {
    const { bucket, time } = this;
    if (bucket.available(time.now) < cost + spare) return;
    const share = bucket.take(cost + spare, time.now);
    if (end === 'dropped')
      time.after(dropMs, () => {
        bucket.abandon(share, time.now);
      });
    if (end === 'unsent') {
      time.after(dropMs, () => {
        bucket.giveBack(share);
      });
      return;
    }
    this.#travelling += cost;
    time.after(travelMs, () => {
      this.#travelling -= cost;
      this.#true.spend(cost, time.now);
      time.after(thinkMs, () => {
        this.#answer({ share, cost, returnMs });
      });
    });
  }

  #answer({ share, cost, returnMs }: { share: Share; cost: number; returnMs: number }): void {
    const { bucket, time } = this;
    const said = this.#true.told(time.now);
    time.after(returnMs, () => {
      if (share.state !== 'open') return;
      bucket.count(share, time.now);
      bucket.learn(share, said, time.now);
      time.after(1, () => {
        bucket.correct(share, cost);
      });
    });
  }
}

type RequestOf = typeof request extends fc.Arbitrary<infer R> ? R : never;
