import type { JsonSchema } from './json-schema.ts';

/** A prompt with its variables filled in. */
export interface RenderedPrompt {
  id: string;
  version: string;
  system: string;
  user: string;
}

/** What a call will ask of which models, before anything is spent. */
export interface Plan {
  prompt: RenderedPrompt;
  /** Models to try, best first. */
  models: readonly string[];
  /** Why this chain. */
  reason: string;
  maxOutputTokens: number;
  /** The shape the model must answer in. */
  replySchema: JsonSchema;
  /** Counted when asked: it reads the whole prompt. */
  estimate: () => Estimate;
}

/** What a call may cost on the first model of its chain. */
export interface Estimate {
  inputTokens: number;
  /** Length of a usual answer. */
  outputTokens: number;
  /** Price if the answer is as long as is usual. */
  expectedNanoUsd: number;
  /** Price if the model writes all it may. */
  worstNanoUsd: number;
}
