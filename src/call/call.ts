/**
 * The contract of the core.
 *
 * A front turns what it was sent into a {@link Call} and gets an {@link Outcome} back; it never has
 * to catch anything. A {@link Layer} gets the call and `next`, and returns an outcome: its own (an
 * early answer) or what `next` returned. It may call `next` once, with the same call or a copy that
 * differs. It may throw; `map-errors` turns whatever was thrown into a problem. What a layer learns
 * for the books it writes into `call.meta`, so that a call that fails half-way is still accounted for.
 */
import type { StreamEvents } from '../../schemas/events.ts';
import type { TokenEstimate, Usage } from '../../schemas/call.ts';
import type { Partial } from '../../schemas/problem.ts';
import type { Code } from '../errors/codes.ts';
import type { ProblemError } from '../errors/problem.ts';
import type { Tool } from './tool.ts';

export type Front = 'rest' | 'sse' | 'mcp_http' | 'mcp_stdio' | 'cli';

/** What costs are attributed to, as the caller named it. */
export interface Labels {
  feature: string | null;
  user: string | null;
  team: string | null;
}

/** A streamed event on its way to the front. */
export type Event = {
  [Name in keyof StreamEvents]: { event: Name; data: StreamEvents[Name] };
}[keyof StreamEvents];

/**
 * The front's sink. Await it: the promise settles when the caller can take more (back-pressure),
 * and never rejects: a caller who is gone shows in `call.signal`.
 */
export type Emit = (event: Event) => void | Promise<void>;

export interface Call {
  readonly id: string;
  /** Name as asked for; `validate-input` finds the tool. */
  readonly toolName: string;
  readonly tool?: Tool;
  /** As received above `validate-input`, parsed below it. */
  readonly input: unknown;
  readonly principal: string;
  readonly labels: Labels;
  readonly front: Front;
  /** Aborts when the caller leaves; below `enforce-deadline` also when time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which an answer is due; set by `enforce-deadline`. */
  readonly deadlineAt?: number;
  readonly emit: Emit;
  readonly meta: CallMeta;
}

/** One request to one model, as the books keep it. Money is integer nano-dollars (1e-9 USD). */
export interface AttemptRecord {
  model: string;
  outcome:
    'ok' | 'failed' | 'timeout' | 'invalid' | 'truncated' | 'refused' | 'cancelled' | 'deadline';
  errorCode: Code | null;
  /** Why this model was asked at this point. */
  reason: string;
  /** Whether the request left the machine, and whether an answer to it began. */
  reached: 'not_sent' | 'unknown' | 'answered';
  requestId: string | null;
  usage: Usage;
  costNanoUsd: number;
  priceId: string | null;
  /** Against the same tokens without the provider's prompt cache; below 0 where writing cost more. */
  promptCacheSavedNanoUsd: number;
  /** Our own count, uncalibrated: what calibration learns from. */
  estimate: TokenEstimate | null;
  ttftMs: number | null;
  latencyMs: number;
}

/** What is known about a call so far; complete once it has ended. */
export interface CallMeta {
  prompt: { id: string; version: string; variant: string | null } | null;
  model: string | null;
  /** How the model was chosen; null for a plain function. */
  route: { chain: string; reason: string } | null;
  servedBy: 'model' | 'fallback' | 'function' | 'none';
  degraded: boolean;
  similarity: number | null;
  savedNanoUsd: number;
  attempts: AttemptRecord[];
  /** Text handed to the front so far, and whether it would be of use if no more came. */
  partial: Partial | null;
  ttftMs: number | null;
  latencyMs: number;
  startedAt: number;
  finish: 'complete' | 'truncated' | 'refused' | 'cancelled' | 'error';
  errorCode: Code | null;
  simulated: boolean;
}

export type Outcome = { ok: true; output: unknown } | { ok: false; problem: ProblemError };

export type Next = (call: Call) => Promise<Outcome>;
export type Layer = (call: Call, next: Next) => Promise<Outcome>;

/** What a front hands in: everything but what the core itself knows. */
export type CallRequest = Pick<Call, 'toolName' | 'input' | 'labels' | 'front' | 'signal' | 'emit'>;

/** What a front gets back. */
export type Ended = Outcome & { call: Call };
