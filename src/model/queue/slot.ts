import type { RateLimits } from '../provider.ts';
import type { RequestEnding, ProviderLimits, TokenNeed } from './limits.ts';

/** The right to make one attempt. */
export interface Slot {
  /** Response headers came (any status). An empty object: the provider tells no limits. */
  limitsReceived(limits: RateLimits): void;
  /** The provider answered 429: nobody starts before this many ms; null: a short default. */
  refused(retryAfterMs: number | null): void;
  /** Prompt tokens as the provider counts them, cache reads excluded: corrects what was reserved. */
  counted(inputTokens: number): void;
  /** The request never left this process: the provider has counted nothing. To be said before `leave`. */
  unsent(): void;
  /** The attempt has ended. Idempotent. */
  leave(): void;
}

/** The queue as a place sees it. */
export interface SlotQueue {
  readonly limits: ProviderLimits;
  now(): number;
  /** Something is known that those who wait may depend on. */
  changed(): void;
  pause(retryAfterMs: number | null): void;
  ended(durationMs: number): void;
}

/** Start an attempt: what it needs is reserved from now on. */
export const openSlot = (queue: SlotQueue, need: TokenNeed): Slot => new AttemptSlot(queue, need);

class AttemptSlot implements Slot {
  readonly #queue: SlotQueue;
  readonly #startedAt: number;
  readonly #shares;
  #state: 'silent' | 'answered' | 'left' = 'silent';
  #ending: RequestEnding = 'sent';

  constructor(queue: SlotQueue, need: TokenNeed) {
    this.#queue = queue;
    this.#startedAt = queue.now();
    this.#shares = queue.limits.take(need, this.#startedAt);
  }

  limitsReceived(limits: RateLimits): void {
    if (this.#state !== 'silent') return;
    this.#state = 'answered';
    this.#queue.limits.told(this.#shares, limits, this.#queue.now());
    this.#queue.changed();
  }

  refused(retryAfterMs: number | null): void {
    this.#queue.pause(retryAfterMs);
  }

  counted(inputTokens: number): void {
    if (this.#state === 'left') return;
    this.#queue.limits.counted(this.#shares, inputTokens);
    this.#queue.changed();
  }

  unsent(): void {
    if (this.#state === 'silent') this.#ending = 'unsent';
  }

  leave(): void {
    if (this.#state === 'left') return;
    this.#state = 'left';
    const now = this.#queue.now();
    this.#queue.limits.end(this.#shares, this.#ending, now);
    this.#queue.ended(now - this.#startedAt);
  }
}
