import type { Clock } from '../../../src/model/queue/wake-timer.ts';

interface Event {
  at: number;
  run: () => void;
}

/** A clock that moves only from event to event, and waits for nothing. */
export class SimulatedTime {
  #now: number;
  /** In the order of their time; equal ones in the order they were set. */
  readonly #events: Event[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  get now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#events.length;
  }

  readonly clock: Clock = {
    now: () => this.#now,
    setTimer: (run, delayMs) => this.after(delayMs, run),
  };

  after(delayMs: number, run: () => void): () => void {
    const event = { at: this.#now + delayMs, run };
    const later = this.#events.findIndex(({ at }) => at > event.at);
    this.#events.splice(later < 0 ? this.#events.length : later, 0, event);
    return () => {
      const at = this.#events.indexOf(event);
      if (at >= 0) this.#events.splice(at, 1);
    };
  }

  /** Let the next thing happen. @returns false when there is none up to this moment */
  step(end = Infinity): boolean {
    const [next] = this.#events;
    if (next === undefined || next.at > end) return false;
    this.#events.shift();
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }

  /** Let everything happen up to this moment; without one, until nothing is left to happen. */
  async runUntil(end = Infinity): Promise<void> {
    await settled();
    while (this.step(end)) await settled();
    if (end !== Infinity) this.#now = Math.max(this.#now, end);
  }
}

/** Promises that can settle have settled. */
async function settled(): Promise<void> {
  for (let i = 0; i < 6; i += 1) await Promise.resolve();
}
