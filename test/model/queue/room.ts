import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import type { RateLimits } from '../../../src/model/provider.ts';
import {
  buildQueue,
  type QueueRequest,
  type Slot,
  type Queue,
} from '../../../src/model/queue/queue.ts';
import { QUEUE_DEFAULTS, type QueueSettings } from '../../../src/model/queue/settings.ts';
import { SimulatedTime } from './simulated-time.ts';

/** When every room opens, milliseconds since the epoch. */
export const T = 1_000_000;

/** One queue in simulated time, and those who came to it. */
export class Room {
  readonly time = new SimulatedTime(T);
  readonly queue: Queue;

  constructor(settings: Partial<QueueSettings> = {}) {
    const all = { ...QUEUE_DEFAULTS, ...settings };
    this.queue = buildQueue('claude-x', all, this.time.clock);
  }

  /** A call that comes now. */
  come(over: Partial<QueueRequest> = {}): Visitor {
    return new Visitor(this.queue, over);
  }

  /** A call that gets its place now. */
  async start(over: Partial<QueueRequest> = {}): Promise<Slot> {
    return this.queue.enter(askOf(over));
  }

  /** Show what the provider allows, by one attempt. */
  async show(limits: RateLimits): Promise<void> {
    const slot = await this.start();
    slot.limitsReceived(limits);
    slot.leave();
  }

  requests(limit: number, remaining: number): RateLimits {
    const fullAt = this.time.now + ((limit - remaining) / limit) * 60_000;
    return { requests: { limit, remaining, fullAt } };
  }
}

export const askOf = (over: Partial<QueueRequest>): QueueRequest => ({
  principal: 'somebody',
  inputTokens: 100,
  outputTokens: 10,
  startBy: Infinity,
  signal: new AbortController().signal,
  onPosition: () => undefined,
  ...over,
});

class Visitor {
  readonly positions: number[] = [];
  readonly gone = new AbortController();
  slot: Slot | null = null;
  error: unknown = null;

  constructor(queue: Queue, over: Partial<QueueRequest>) {
    const onPosition = (position: number): void => {
      this.positions.push(position);
    };
    queue.enter(askOf({ signal: this.gone.signal, onPosition, ...over })).then(
      (slot) => (this.slot = slot),
      (error: unknown) => (this.error = error),
    );
  }

  get listeners(): number {
    return getEventListeners(this.gone.signal, 'abort').length;
  }
}

/** What a refusal of the queue looks like. */
export const overloaded = (details: object): object => ({
  code: 'overloaded',
  details: expect.objectContaining(details) as object,
});
export const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
