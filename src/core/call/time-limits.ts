/** Longest waits of one attempt at a model, milliseconds. */
export interface TimeLimits {
  /** Until the request is on its way over a connection. */
  connectMs: number;
  /** From there to the first token. Pings and headers are no token. */
  firstTokenMs: number;
  /** Between one token and the next. */
  idleMs: number;
  /** All in all. */
  totalMs: number;
}
