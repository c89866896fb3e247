import type { ProblemError } from '../../errors/problem.ts';
import type { RateLimits } from '../provider.ts';
import { WakeTimer, type Clock } from './wake-timer.ts';
import { ProviderLimits, type Load } from './limits.ts';
import { FairQueue } from './fair-queue.ts';
import { openSlot, type SlotQueue, type Slot } from './slot.ts';
import { tooFull, tooLate } from './refusal.ts';
import type { QueueSettings } from './settings.ts';
import { QueueEntry, type QueueRequest } from './queue-entry.ts';

export type { QueueRequest, Slot };

export interface QueueStatus {
  running: number;
  waiting: number;
  /** Levels that are certain now: all that is reserved is taken off. */
  limits: 'unknown' | 'none' | RateLimits;
  /** Milliseconds since the epoch; null: not paused. */
  pausedUntil: number | null;
}

export interface Queue {
  /**
   * A place at once, or after waiting.
   * @throws ProblemError `overloaded` as soon as it is clear that it cannot start by `startBy`, and
   * when the queue is full; the signal's reason when that aborts
   */
  enter(ask: QueueRequest): Promise<Slot>;
  /** Turn away everybody who waits. */
  dismiss(problem: ProblemError): void;
  status(): QueueStatus;
}

/** Pause after a 429 that does not say for how long. */
const PAUSE_MS = 1_000;
/** Limits are per minute. A `retry-after` of days is a mistake, and must not close a model for so long. */
const LONGEST_PAUSE_MS = 60_000;
/** So many attempts say how long one usually takes. */
const USUAL_OF = 20;

/**
 * The queue in front of one model. Nobody starts whom the provider would refuse by its limits, and
 * nobody waits who cannot be served in time.
 */
export function buildQueue(model: string, settings: QueueSettings, clock: Clock): Queue {
  return new ModelQueue(model, settings, clock);
}

class ModelQueue implements Queue, SlotQueue {
  readonly limits = new ProviderLimits();
  readonly now: () => number;
  readonly #model: string;
  readonly #settings: QueueSettings;
  readonly #entries = new FairQueue<QueueEntry>();
  readonly #wakeTimer: WakeTimer;
  #running = 0;
  #pausedUntil = 0;
  #usual = { durationMs: 0, of: 0 };
  /** `again`: something changed while turns were being given. */
  #turn: 'idle' | 'giving' | 'again' = 'idle';

  constructor(model: string, settings: QueueSettings, clock: Clock) {
    this.#model = model;
    this.#settings = settings;
    this.now = clock.now;
    this.#wakeTimer = new WakeTimer(clock, () => {
      this.#giveTurns();
    });
  }

  async enter(ask: QueueRequest): Promise<Slot> {
    ask.signal.throwIfAborted();
    const now = this.now();
    const { size } = this.#entries;
    if (size === 0 && this.#canStart(ask, now)) return this.#start(ask);
    if (size >= this.#settings.longest) {
      const waitMs = this.#expectMs(this.#loadOf(this.#entries.inTurn()), ask, now);
      throw tooFull({ model: this.#model, position: size + 1, waitMs });
    }
    return new Promise((resolve, reject) => {
      const leave = (gone: QueueEntry): void => {
        this.#entries.remove(gone);
        this.#giveTurns();
      };
      this.#entries.join(new QueueEntry(ask, { resolve, reject }, leave));
      this.#giveTurns();
    });
  }

  dismiss(problem: ProblemError): void {
    for (const waiting of this.#entries.inTurn()) {
      this.#entries.remove(waiting);
      waiting.refuse(problem);
    }
    this.#giveTurns();
  }

  status(): QueueStatus {
    const now = this.now();
    return {
      running: this.#running,
      waiting: this.#entries.size,
      limits: this.limits.levels(now),
      pausedUntil: this.#pauseEnd(now) > now ? this.#pauseEnd(now) : null,
    };
  }

  changed(): void {
    this.#giveTurns();
  }

  pause(retryAfterMs: number | null): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, retryAfterMs ?? PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, this.now() + pauseMs);
    this.#giveTurns();
  }

  ended(durationMs: number): void {
    this.#running -= 1;
    const of = Math.min(USUAL_OF, this.#usual.of + 1);
    const usualMs = this.#usual.durationMs;
    this.#usual = { durationMs: usualMs + (durationMs - usualMs) / of, of };
    this.#giveTurns();
  }

  #start(ask: QueueRequest): Slot {
    this.#running += 1;
    return openSlot(this, ask);
  }

  #canStart(ask: QueueRequest, now: number): boolean {
    return (
      this.#freeSlots() > 0 &&
      now >= this.#pauseEnd(now) &&
      now <= ask.startBy &&
      this.limits.fit(ask, now)
    );
  }

  /** One that seems longer than any was begun before the clock was set back. */
  #pauseEnd(now: number): number {
    this.#pausedUntil = Math.min(this.#pausedUntil, now + LONGEST_PAUSE_MS);
    return this.#pausedUntil;
  }

  #freeSlots(): number {
    const { concurrency, untilLimitsKnown: dark } = this.#settings;
    const slots = this.limits.areUnknown ? Math.min(concurrency, dark) : concurrency;
    return slots - this.#running;
  }

  /** Let in who can start, refuse who cannot make it, tell the others where they are. */
  #giveTurns(): void {
    if (this.#turn !== 'idle') {
      this.#turn = 'again';
      return;
    }
    if (this.#entries.size === 0) {
      this.#wakeTimer.set(Infinity);
      return;
    }
    let nextAt: number;
    do {
      this.#turn = 'giving';
      const now = this.now();
      this.#startFirst(now);
      nextAt = Math.min(this.#assess(now), this.#readyAt(now));
    } while (this.#isAgain());
    this.#turn = 'idle';
    this.#wakeTimer.set(nextAt);
  }

  #isAgain(): boolean {
    return this.#turn === 'again';
  }

  #startFirst(now: number): void {
    for (let next = this.#entries.first(); next; next = this.#entries.first()) {
      if (!this.#canStart(next.ask, now)) return;
      this.#entries.serve();
      next.admit(this.#start(next.ask));
    }
  }

  /** @returns when the first of those who stay gives up */
  #assess(now: number): number {
    const ahead = this.#loadOf([]);
    let firstEnd = Infinity;
    for (const waiting of this.#entries.inTurn()) {
      // A listener told its position may make others leave.
      if (waiting.isOver) continue;
      const { ask } = waiting;
      const waitMs = this.#expectMs(ahead, ask, now);
      const position = ahead.calls + 1;
      const isLate = now >= ask.startBy || now + waitMs > ask.startBy;
      if (isLate) waiting.refuse(tooLate({ model: this.#model, position, waitMs }));
      if (isLate || !waiting.moveTo(position)) {
        this.#entries.remove(waiting);
        // Those behind may have waited for it alone.
        this.#turn = 'again';
      } else {
        this.limits.addTo(ahead, ask);
        firstEnd = Math.min(firstEnd, ask.startBy);
      }
    }
    return firstEnd;
  }

  /** When the first in line can start, as far as that depends on time. */
  #readyAt(now: number): number {
    const first = this.#entries.first();
    if (first === undefined || this.#freeSlots() <= 0) return Infinity;
    return Math.max(this.#pauseEnd(now), this.limits.readyAt(first.ask, now));
  }

  /** Time until it could start after those ahead; 0 when nothing is known. */
  #expectMs(ahead: Load, ask: QueueRequest, now: number): number {
    const pauseMs = Math.max(0, this.#pauseEnd(now) - now);
    // The first answer will open many places at once.
    if (this.limits.areUnknown) return pauseMs;
    const endsNeeded = Math.max(0, ahead.calls + 1 - this.#freeSlots());
    const slotMs = (this.#usual.durationMs * endsNeeded) / this.#settings.concurrency;
    return Math.max(pauseMs, slotMs, this.limits.waitMs(ahead, ask, now));
  }

  #loadOf(line: readonly QueueEntry[]): Load {
    const load: Load = { calls: 0, inputTokens: 0, outputTokens: 0 };
    for (const { ask } of line) this.limits.addTo(load, ask);
    return load;
  }
}
