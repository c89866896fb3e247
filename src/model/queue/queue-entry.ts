import type { TokenNeed } from './limits.ts';
import type { Slot } from './slot.ts';

export interface QueueRequest extends TokenNeed {
  principal: string;
  /** Tokens of the prompt that count toward the provider's limit, as expected. */
  inputTokens: number;
  /** Tokens of the answer, as expected. */
  outputTokens: number;
  /** Latest moment at which starting still makes sense, milliseconds since the epoch. */
  startBy: number;
  signal: AbortSignal;
  /** Called while it waits, first at once, then when the position changed (1 = next). */
  onPosition: (position: number) => void;
}

interface Settle {
  resolve: (slot: Slot) => void;
  reject: (reason: unknown) => void;
}

/** A call that waits. It is settled once, and then listens to nothing any more. */
export class QueueEntry {
  readonly ask: QueueRequest;
  readonly #settle: Settle;
  readonly #onAbort: () => void;
  #position = 0;
  #isOver = false;

  /** @param leave - takes it out of the line when the signal aborts or its listener throws */
  constructor(ask: QueueRequest, settle: Settle, leave: (waiting: QueueEntry) => void) {
    this.ask = ask;
    this.#settle = settle;
    this.#onAbort = () => {
      this.refuse(ask.signal.reason);
      leave(this);
    };
    ask.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get principal(): string {
    return this.ask.principal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns false when whoever waits threw at the news, and so waits no longer */
  moveTo(position: number): boolean {
    if (position === this.#position) return true;
    this.#position = position;
    try {
      this.ask.onPosition(position);
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    }
  }

  admit(slot: Slot): void {
    this.#end();
    this.#settle.resolve(slot);
  }

  refuse(reason: unknown): void {
    this.#end();
    this.#settle.reject(reason);
  }

  #end(): void {
    this.#isOver = true;
    this.ask.signal.removeEventListener('abort', this.#onAbort);
  }
}
