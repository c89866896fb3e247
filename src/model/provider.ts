import type { Doubt, Usage } from '../../schemas/wire/call.ts';
import type { JsonSchema } from '../core/tool/json-schema.ts';
import type { Effort } from '../core/call/plan.ts';

export interface ModelRequest {
  model: string;
  system: string;
  user: string;
  /** Most tokens to write, thinking included. */
  maxOutputTokens: number;
  replySchema: JsonSchema;
  /** Thinking effort, for providers and models that can be told. */
  effort?: Effort;
  /** Time for the provider to keep the system part in its prompt cache; null: not at all. */
  cacheSystem: '5m' | '1h' | null;
  /** A reply that did not fit and what is wrong with it: the model is asked to answer again. */
  repair: { reply: string; complaint: string } | null;
}

/** Counts as the provider gives them, each an integer from 0; a field it does not send is absent. */
export type TokenCounts = Partial<Omit<Usage, 'source'>>;

/** A token bucket at the provider as its response headers tell it. */
export interface RateLimitBucket {
  /** Size, per minute. */
  limit: number;
  remaining: number;
  /** When it is full again, milliseconds since the epoch. */
  fullAt: number;
}

/** Limits as a provider gives them; a bucket it does not mention is absent. */
export type RateLimits = Partial<
  Record<'requests' | 'inputTokens' | 'outputTokens', RateLimitBucket>
>;

/**
 * Why a model stopped. `paused`: it wants to be asked to go on, which nobody here does.
 * `context_exceeded`: prompt and answer together outgrew what it can hold.
 */
export type Stop = 'complete' | 'truncated' | 'refused' | 'paused' | 'context_exceeded';

/**
 * Events while a provider answers, in this order: `headers` once, `start` once, `text` and
 * `thinking` any number of times, `end` once. A stream that stops without `end` was cut. Pings and
 * events we do not know are no events here: they do not prove that a model writes.
 */
export type ModelEvent =
  | { type: 'headers'; requestId: string | null; limits: RateLimits }
  | ({ type: 'start' } & ProviderCounts)
  | { type: 'text'; text: string }
  | { type: 'thinking'; chars: number }
  | ({ type: 'end'; stop: Stop; why: string | null } & ProviderCounts);

/** A provider's account of its own work: at the start what it knows by then, at the end all of it. */
interface ProviderCounts {
  counts: TokenCounts;
  /** Parts of it that could not be taken as said. */
  doubts?: readonly Doubt[];
  /** The name of the model that answers, as the provider gives it, where it is not the one asked. */
  answeredBy?: string;
}

/** An attempt's watch on its request. */
export interface StreamWatch {
  /** When it aborts, the request is dropped and the stream ends without `end`, or throws. */
  signal: AbortSignal;
  /** Called when the request is about to be written to a connected socket: from then on it may cost. */
  onSent: () => void;
}

/** One model provider. */
export interface Provider {
  readonly name: string;
  /** Whether it keeps beginnings of prompts when it is asked to, and charges for writing them; by default it does not. */
  readonly cachesPrompts?: boolean;
  /**
   * Ask once, never retry. What it passes on is of the types of {@link ModelEvent}, whatever came.
   * @throws ProblemError with `upstream` filled in; also after `headers`, for a refusal by status
   */
  stream(request: ModelRequest, watch: StreamWatch): AsyncIterable<ModelEvent>;
}

/** A provider with its life. */
export interface OpenProvider {
  provider: Provider;
  /** Load what the first call would wait for. */
  warm: () => Promise<void>;
  close: () => Promise<void>;
}
