const FIRST_MS = 150;
const LONGEST_MS = 8_000;

export interface Backoff {
  /** Attempts that this model has failed in this call, from 1. */
  failed: number;
  /** Its list price, US dollars per million output tokens. */
  usdPerMillionOutput: number;
  /** In [0, 1). */
  random: () => number;
}

/**
 * Wait before the same model is asked again, milliseconds: doubled each time, longer the dearer the
 * model (a retry of it is a bigger bet), and less up to half of it at random, so that calls that
 * failed together do not come back together.
 */
export function backoffMs({ failed, usdPerMillionOutput, random }: Backoff): number {
  const dearness = 1 + Math.log2(1 + usdPerMillionOutput);
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failed - 1) * dearness);
  return Math.round(whole * (1 - random() / 2));
}
