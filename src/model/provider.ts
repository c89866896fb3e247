import type { Usage } from '../../schemas/call.ts';
import type { JsonSchema } from '../call/json-schema.ts';

export interface ModelRequest {
  model: string;
  system: string;
  user: string;
  /** Most tokens to write, thinking included. */
  maxOutputTokens: number;
  replySchema: JsonSchema;
}

/** Counts as the provider gives them; a field it does not send is absent. */
export type Counts = Partial<Omit<Usage, 'source'>>;

/**
 * What a provider says while it answers, in this order: `start` once, `text` any number of times,
 * `end` once. A stream that stops without `end` was cut.
 */
export type ModelEvent =
  | { type: 'start'; requestId: string | null; counts: Counts }
  | { type: 'text'; text: string }
  | { type: 'end'; stop: 'complete' | 'truncated' | 'refused'; counts: Counts };

/** One model provider. Failures are thrown as ProblemError with `upstream` filled in. */
export interface Provider {
  readonly name: string;
  /** When `signal` aborts, the upstream request is dropped and the stream ends without `end`. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
