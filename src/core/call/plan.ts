import type { TokenEstimate } from '../../../schemas/wire/call.ts';
import type { FrontMatter } from '../../../schemas/wire/prompt-file.ts';
import type { SentPrompt } from './attempt-record.ts';
import type { JsonSchema } from '../tool/json-schema.ts';
import type { TimeLimits } from './time-limits.ts';

export type Effort = NonNullable<FrontMatter['model']['effort']>;

/** A prompt with its variables filled in. */
export interface RenderedPrompt {
  id: string;
  version: string;
  hash: string;
  system: string;
  user: string;
}

/** The stable beginning of a prompt, which the provider's prompt cache may keep. */
export interface PromptPrefix {
  model: string;
  text: string;
  /** Our estimate of its tokens. */
  tokens: number;
  /** The model silently does not cache less than this, tokens. */
  minimumTokens: number;
}

/** Requests a call will make of models, before anything is spent. */
export interface Plan {
  prompt: RenderedPrompt;
  /** Name of the chain. */
  chain: string;
  /** Models to try, best first. */
  models: readonly string[];
  /** Why this chain. */
  reason: string;
  /** Effort of the model's thinking; without it as it does by itself. */
  effort?: Effort;
  maxOutputTokens: number;
  /** The shape the model must answer in. */
  replySchema: JsonSchema;
  timeLimits: TimeLimits;
  /** Most that all attempts of the call together cost, integer nano-dollars. */
  allowanceNanoUsd: number;
  /** Estimates one attempt at a model of the chain; by default the first. */
  estimate: (model?: string) => Estimate;
  /** The same call, of fewer models or with a shorter answer. */
  narrow: (to: { models?: readonly string[]; maxOutputTokens?: number }) => Plan;
}

/** Possible use and cost of an answer by one model. */
export interface Estimate {
  /** Prompt tokens, as likely too low as too high. */
  inputTokens: number;
  /** More than 95 % of such prompts have. */
  highInputTokens: number;
  /** No such prompt can have more: a bound, where the others are averages. */
  mostInputTokens: number;
  /** Length of a usual answer. */
  outputTokens: number;
  /** Most it may write: no more than fits behind such a prompt. */
  maxOutputTokens: number;
  /** Price if the answer is as long as is usual. */
  expectedNanoUsd: number;
  /** Price if the prompt is longer than it seems and the model writes all it may. */
  highNanoUsd: number;
  /** The part of it that reading the prompt takes. */
  highPromptNanoUsd: number;
  /** Price that cannot be passed: of `mostInputTokens`, and all that the model may write. */
  worstNanoUsd: number;
  /** The part of it that reading the prompt takes. */
  worstPromptNanoUsd: number;
  prefix: PromptPrefix;
  /** Time the provider shall keep the prefix; null: not at all. */
  cacheSystem: '5m' | '1h' | null;
  /** Our own count without calibration: what it learns from. */
  raw: Pick<TokenEstimate, 'input' | 'content'>;
  sent: SentPrompt;
}
