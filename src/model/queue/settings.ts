export interface QueueSettings {
  /** Attempts at one model at once. */
  concurrency: number;
  /** Attempts under way at once before the provider has told its limits. */
  untilLimitsKnown: number;
  /** Most calls waiting per model. */
  longest: number;
}

export const QUEUE_DEFAULTS: QueueSettings = {
  concurrency: 64,
  untilLimitsKnown: 3,
  longest: 1_000,
};
