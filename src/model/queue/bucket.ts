import type { RateLimitBucket } from '../provider.ts';

/** One attempt's share of a bucket. */
export interface Share {
  cost: number;
  readonly takenAt: number;
  /** All that had been counted when it was taken. */
  readonly countedBefore: number;
  state: 'open' | 'counted' | 'freed';
  /** The reading of the level in which it was counted. */
  reading: number;
}

const MINUTE_MS = 60_000;
/** Headers tell times in whole seconds. */
const RESOLUTION_MS = 1_000;
/** A request whose attempt ended without headers may still reach the provider for so long. */
const LINGER_MS = 1_000;

/**
 * One token bucket of a provider as this process must see it so that nothing is ever refused.
 *
 * A share is open until we know that the provider has counted it. The invariant, while nobody else
 * uses the key and no cost is too low:
 *
 *     level at the provider + what it has counted of the open shares >= #level
 *
 * so `#level - #open` is there for certain, whatever has been counted already. Refill keeps the
 * invariant as it stops at the limit for both; a share that is taken or counted by the provider does
 * not touch it; a share known to be counted leaves both `#level` and `#open`.
 *
 * A header was true at some moment between the taking of its share and now. It cannot include shares
 * that are open, nor surely those that became counted in between: both are taken off before it may
 * raise the level, in whatever order responses come.
 */
export class Bucket {
  readonly #roundedTo: number;
  #level: number | null = null;
  #limit = Infinity;
  #ratePerMs = 0;
  #at = 0;
  #open = 0;
  #counted = 0;
  /** Grows when the level is read from a header instead of from our own counts. */
  #reading = 0;
  /** Open shares whose attempt has ended, of this and of the last period. */
  readonly #ghosts = { young: 0, old: 0, nextAt: 0 };

  /** @param roundedTo - the provider may round what remains to the nearest multiple of this */
  constructor(roundedTo: number) {
    this.#roundedTo = roundedTo;
  }

  /** Reserved by attempts of which it is not known that the provider has counted them. */
  get open(): number {
    return this.#open;
  }

  take(cost: number, now: number): Share {
    this.#advance(now);
    const share: Share = {
      cost: Math.min(cost, this.#limit),
      takenAt: now,
      countedBefore: this.#counted,
      state: 'open',
      reading: this.#reading,
    };
    this.#open += share.cost;
    return share;
  }

  /** The provider has counted it. */
  count(share: Share, now: number): void {
    if (share.state !== 'open') return;
    this.#advance(now);
    share.state = 'counted';
    share.reading = this.#reading;
    this.#close(share.cost);
  }

  /** The provider never saw it. */
  giveBack(share: Share): void {
    if (share.state !== 'open') return;
    share.state = 'freed';
    this.#open -= share.cost;
  }

  /** Its attempt has ended; the provider counts it within the next moments, if it has not yet. */
  abandon(share: Share, now: number): void {
    if (share.state !== 'open') return;
    this.#advance(now);
    share.state = 'freed';
    if (this.#ghosts.young + this.#ghosts.old === 0) this.#ghosts.nextAt = now + LINGER_MS;
    this.#ghosts.young += share.cost;
  }

  /** Its real cost. A level read from a header since then has it already: nothing is given back. */
  correct(share: Share, cost: number): void {
    const more = Math.min(cost, this.#limit) - share.cost;
    if (share.state === 'open') this.#open += more;
    else if (share.state === 'freed') return;
    else {
      // Never less: a share taken before the correction would see it as tokens that came back.
      this.#counted += Math.max(0, more);
      const isInLevel = share.reading === this.#reading;
      if (this.#level !== null && (more > 0 || isInLevel)) this.#setLevel(this.#level - more);
    }
    share.cost += more;
  }

  /** The response headers of the attempt that took `share`. */
  learn(share: Share, told: RateLimitBucket, now: number): void {
    if (told.limit !== this.#limit) {
      this.#advance(now);
      this.#limit = told.limit;
      this.#ratePerMs = told.limit / MINUTE_MS;
    }
    this.#advance(now);
    this.#learnRate(share, told, now);
    const next = this.#availableBy(share, told, now);
    if (this.#level !== null && next === this.#level - this.#open) return;
    this.#reading += 1;
    this.#setLevel(next + this.#open);
  }

  /** Amount free for certain; below zero when more is reserved than there is. */
  available(now: number): number {
    this.#advance(now);
    return this.#level === null ? Infinity : this.#level - this.#open;
  }

  /** Level needed before so much may be taken: never more than the whole bucket. */
  needed(amount: number): number {
    return Math.min(amount, this.#limit);
  }

  /** Time until `amount` will have come in, which may be more than the bucket holds at once. */
  waitMs(amount: number, now: number): number {
    const missing = amount - this.available(now);
    return missing > 0 ? missing / this.#ratePerMs : 0;
  }

  /** When `needed(amount)` may be there; Infinity when that depends on attempts under way. */
  readyAt(amount: number, now: number): number {
    const needed = this.needed(amount);
    const missing = needed - this.available(now);
    if (missing <= 0) return now;
    if (this.#limit - this.#open >= needed) return now + missing / this.#ratePerMs;
    return this.#ghosts.young + this.#ghosts.old > 0 ? this.#ghosts.nextAt : Infinity;
  }

  /** The bucket in the words of a header; null when the provider has told nothing of it. */
  told(now: number): RateLimitBucket | null {
    const available = this.available(now);
    if (this.#level === null) return null;
    return {
      limit: this.#limit,
      remaining: Math.max(0, Math.floor(available)),
      fullAt: Math.ceil(now + this.waitMs(this.#limit, now)),
    };
  }

  /** Amount certain after a header: see the class comment. */
  #availableBy(share: Share, { remaining }: RateLimitBucket, now: number): number {
    const error = this.#roundingOf(remaining);
    const low = Math.max(0, remaining - error);
    const own = share.state === 'counted' ? share.cost : 0;
    const sure = low - this.#open - (this.#counted - share.countedBefore - own);
    if (this.#level === null) return sure;
    const believed = this.#level - this.#open;
    const refill = this.#ratePerMs * (now - share.takenAt);
    // The provider floors fractions, hence the 1.
    const surprise = believed - refill - (remaining + error + 1);
    // Somebody else uses the key, or costs are too low. How many of our open shares the header has
    // in it is then unknown; a small surprise is taken for wrong costs.
    if (surprise > 0) return low - Math.min(surprise, this.#open);
    return Math.max(sure, Math.min(believed, low));
  }

  /** Filled up per minute, unless `fullAt` proves that it is slower. */
  #learnRate({ takenAt }: Share, told: RateLimitBucket, now: number): void {
    const missing = told.limit - told.remaining;
    if (missing <= 0) return;
    const error = this.#roundingOf(told.remaining);
    const longestMs = Math.max(1, told.fullAt + RESOLUTION_MS - takenAt);
    const shortestMs = Math.max(0, told.fullAt - RESOLUTION_MS - now);
    const fastest = (missing + error) / shortestMs;
    const slowest = Math.max(0, missing - error) / longestMs;
    if (this.#ratePerMs > fastest) this.#ratePerMs = slowest > 0 ? slowest : fastest;
    else if (this.#ratePerMs < slowest) {
      this.#ratePerMs = Math.min(slowest, told.limit / MINUTE_MS);
    }
  }

  #roundingOf(remaining: number): number {
    const isRounded = this.#roundedTo > 1 && remaining % this.#roundedTo === 0;
    return isRounded ? this.#roundedTo / 2 : 0;
  }

  #close(cost: number): void {
    this.#open -= cost;
    this.#counted += cost;
    if (this.#level !== null) this.#setLevel(this.#level - cost);
  }

  /** A debt of more than a whole bucket would only delay the moment when headers tell the truth. */
  #setLevel(level: number): void {
    this.#level = Math.max(-this.#limit, Math.min(this.#limit, level));
  }

  #advance(now: number): void {
    const ghosts = this.#ghosts;
    if (now < this.#at) {
      // The clock was set back: what refills must not wait until it has caught up.
      ghosts.nextAt -= this.#at - now;
      this.#at = now;
    }
    while (ghosts.young + ghosts.old > 0 && now >= ghosts.nextAt) {
      this.#refill(ghosts.nextAt);
      this.#close(ghosts.old);
      ghosts.old = ghosts.young;
      ghosts.young = 0;
      ghosts.nextAt += LINGER_MS;
    }
    this.#refill(now);
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    const more = this.#ratePerMs * (now - this.#at);
    this.#at = now;
    if (this.#level !== null) this.#setLevel(this.#level + more);
  }
}
