/** Runs something later. @returns what takes it back */
export type SetTimer = (run: () => void, delayMs: number) => () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Timers of the process, which do not keep it alive, when absent. */
  setTimer?: SetTimer;
}

/** Node fires at once what is further away than this. */
const LONGEST_MS = 2 ** 31 - 1;

const setNodeTimer: SetTimer = (run, delayMs) => {
  const timer = setTimeout(run, delayMs).unref();
  return () => {
    clearTimeout(timer);
  };
};

/** One timer, which may ring early but never late: whoever hears it looks at the clock. */
export class WakeTimer {
  readonly #clock: Required<Clock>;
  readonly #ring: () => void;
  #armed: { at: number; cancel: () => void } | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = { setTimer: setNodeTimer, ...clock };
    this.#ring = ring;
  }

  /** Ring at this moment at the latest, milliseconds since the epoch; Infinity: not at all. */
  set(at: number): void {
    if (at !== Infinity && this.#armed !== null && this.#armed.at <= at) return;
    this.#armed?.cancel();
    this.#armed = null;
    if (at === Infinity) return;
    const delayMs = Math.min(LONGEST_MS, Math.max(1, Math.ceil(at - this.#clock.now())));
    const cancel = this.#clock.setTimer(() => {
      this.#armed = null;
      this.#ring();
    }, delayMs);
    this.#armed = { at, cancel };
  }
}
