import type { RateLimitBucket, RateLimits } from '../../../src/model/provider.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** A token bucket as it truly is, at the provider. */
export class TrueBucket {
  readonly limit: number;
  readonly #ratePerMs: number;
  readonly #roundedTo: number;
  #level: number;
  #at: number;

  constructor({ limit, level, at, roundedTo = 1 }: TrueBucketSettings) {
    this.limit = limit;
    this.#level = level;
    this.#at = at;
    this.#ratePerMs = limit / 60_000;
    this.#roundedTo = roundedTo;
  }

  level(now: number): number {
    const refill = Math.max(0, now - this.#at) * this.#ratePerMs;
    this.#level = Math.min(this.limit, this.#level + refill);
    this.#at = Math.max(this.#at, now);
    return this.#level;
  }

  spend(amount: number, now: number): void {
    this.#level = this.level(now) - amount;
  }

  told(now: number): RateLimitBucket {
    const level = Math.max(0, this.level(now));
    const remaining =
      this.#roundedTo === 1
        ? Math.floor(level)
        : Math.min(this.limit, Math.round(level / this.#roundedTo) * this.#roundedTo);
    // In whole seconds, as RFC 3339 times in headers are.
    const fullAt = Math.ceil((now + (this.limit - level) / this.#ratePerMs) / 1000) * 1000;
    return { limit: this.limit, remaining, fullAt };
  }
}

interface TrueBucketSettings {
  limit: number;
  level: number;
  at: number;
  roundedTo?: number;
}

export interface TrueBuckets {
  requests: TrueBucket;
  inputTokens: TrueBucket;
  outputTokens: TrueBucket;
}

/** What happens to one attempt. */
export interface Fate {
  inputTokens: number;
  outputTokens: number;
  /** From the start to the moment the provider counts it. */
  travelMs: number;
  /** From then to the moment its headers are written. */
  thinkMs: number;
  /** From then to their arrival. */
  returnMs: number;
  /** From the headers to the end of the answer. */
  writeMs: number;
  /** The caller drops it so long after the start; Infinity: never. */
  dropMs: number;
}

const TOLERANCE = 1e-6;

/** Counts a request when it arrives and tells its limits later, in whatever order. */
export class SimulatedProvider {
  readonly buckets: TrueBuckets | null;
  readonly #time: SimulatedTime;
  refusals = 0;
  served = 0;

  constructor(time: SimulatedTime, buckets: TrueBuckets | null) {
    this.#time = time;
    this.buckets = buckets;
  }

  /** @param onHeaders - what the headers say, and whether it was refused */
  ask(fate: Fate, onHeaders: (limits: RateLimits, isRefused: boolean) => void): void {
    this.#time.after(fate.travelMs, () => {
      const isRefused = !this.#fits(fate);
      if (isRefused) this.refusals += 1;
      else this.#count(fate);
      this.#time.after(fate.thinkMs, () => {
        const limits = this.#told();
        this.#time.after(fate.returnMs, () => {
          onHeaders(limits, isRefused);
        });
      });
    });
  }

  #fits({ inputTokens }: Fate): boolean {
    const { buckets } = this;
    const { now } = this.#time;
    if (buckets === null) return true;
    const most = Math.min(inputTokens, buckets.inputTokens.limit);
    return (
      buckets.requests.level(now) >= 1 - TOLERANCE &&
      buckets.inputTokens.level(now) >= most - TOLERANCE &&
      buckets.outputTokens.level(now) > 0
    );
  }

  #count(fate: Fate): void {
    const { buckets } = this;
    this.served += 1;
    if (buckets === null) return;
    buckets.requests.spend(1, this.#time.now);
    const input = Math.min(fate.inputTokens, buckets.inputTokens.limit);
    buckets.inputTokens.spend(input, this.#time.now);
    this.#write(fate, buckets.outputTokens);
  }

  /** In four parts over the time of writing; a dropped one stops when the news arrives. */
  #write(fate: Fate, bucket: TrueBucket): void {
    const goneMs = fate.dropMs + fate.travelMs;
    for (const quarter of [1, 2, 3, 4]) {
      const afterMs = fate.thinkMs + (fate.writeMs * quarter) / 4;
      if (fate.travelMs + afterMs > goneMs) return;
      this.#time.after(afterMs, () => {
        bucket.spend(fate.outputTokens / 4, this.#time.now);
      });
    }
  }

  #told(): RateLimits {
    const { buckets } = this;
    const { now } = this.#time;
    if (buckets === null) return {};
    return {
      requests: buckets.requests.told(now),
      inputTokens: buckets.inputTokens.told(now),
      outputTokens: buckets.outputTokens.told(now),
    };
  }
}
