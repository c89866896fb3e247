import type { LimitsTold } from '../provider.ts';
import type { Ending, Limits, Need } from './limits.ts';

/** The right to make one attempt. */
export interface Place {
  /** Response headers came (any status). An empty object: the provider tells no limits. */
  told(limits: LimitsTold): void;
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
export interface Desk {
  readonly limits: Limits;
  now(): number;
  /** Something is known that those who wait may depend on. */
  changed(): void;
  pause(retryAfterMs: number | null): void;
  ended(durationMs: number): void;
}

/** Start an attempt: what it needs is reserved from now on. */
export const openPlace = (desk: Desk, need: Need): Place => new AttemptPlace(desk, need);

class AttemptPlace implements Place {
  readonly #desk: Desk;
  readonly #startedAt: number;
  readonly #shares;
  #state: 'silent' | 'answered' | 'left' = 'silent';
  #ending: Ending = 'sent';

  constructor(desk: Desk, need: Need) {
    this.#desk = desk;
    this.#startedAt = desk.now();
    this.#shares = desk.limits.take(need, this.#startedAt);
  }

  told(limits: LimitsTold): void {
    if (this.#state !== 'silent') return;
    this.#state = 'answered';
    this.#desk.limits.told(this.#shares, limits, this.#desk.now());
    this.#desk.changed();
  }

  refused(retryAfterMs: number | null): void {
    this.#desk.pause(retryAfterMs);
  }

  counted(inputTokens: number): void {
    if (this.#state === 'left') return;
    this.#desk.limits.counted(this.#shares, inputTokens);
    this.#desk.changed();
  }

  unsent(): void {
    if (this.#state === 'silent') this.#ending = 'unsent';
  }

  leave(): void {
    if (this.#state === 'left') return;
    this.#state = 'left';
    const now = this.#desk.now();
    this.#desk.limits.end(this.#shares, this.#ending, now);
    this.#desk.ended(now - this.#startedAt);
  }
}
