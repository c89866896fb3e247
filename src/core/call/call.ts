/**
 * The contract of the core.
 *
 * A front turns what it was sent into a {@link Call} and gets an {@link Outcome} back; it never has
 * to catch anything. A {@link Layer} gets the call and `next`, and returns an outcome: its own (an
 * early answer) or what `next` returned. It may call `next` once, with the same call or a copy that
 * differs. It may throw; `map-errors` turns whatever was thrown into a problem. What a layer learns
 * for the ledger it writes into `call.meta`, so that a call that fails half-way is still accounted for.
 */
import type { StreamEvents } from '../../../schemas/wire/events.ts';
import type { CallBudget } from '../../../schemas/wire/call.ts';
import type { Partial } from '../../../schemas/wire/problem.ts';
import type { Code } from '../../errors/codes.ts';
import type { ProblemError } from '../../errors/problem.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { CacheLookup, CacheDecision, StaleAnswer } from './cache-lookup.ts';
import type { Hold, Settlement } from './hold.ts';
import type { Labels } from './labels.ts';
import type { Plan } from './plan.ts';
import type { Principal } from './principal.ts';
import type { ChosenPrompt } from './prompt.ts';
import type { LlmTool, Tool } from '../tool/define-tool.ts';

export type { AttemptRecord, Labels };

/** `internal`: a call that tollgate makes by itself, on behalf of a principal. */
export type Front = 'rest' | 'sse' | 'mcp_http' | 'mcp_stdio' | 'cli' | 'internal';

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
  readonly principal: Principal;
  /** Those of the principal's key, where it has them, else those claimed. */
  readonly labels: Labels;
  /** As the caller named them. */
  readonly claimedLabels: Labels;
  /** Key of a call to be answered once only, however often the caller asks. */
  readonly idempotencyKey: string | null;
  /** The caller's word on cached answers: Cache-Control as it came. */
  readonly cacheControl: string | null;
  /** The version of the prompt that the caller wishes, `faq@v3`; null: whichever it is given. */
  readonly promptWish: string | null;
  readonly front: Front;
  /** Aborts when the caller leaves; below `enforce-deadline` also when time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which an answer is due; set by `enforce-deadline`. */
  readonly deadlineAt?: number;
  /** The version that answers it; set by `choose-prompt`, for tools that a model answers. */
  readonly chosen?: ChosenPrompt & { tool: LlmTool };
  /** Place to keep its answer; set by `answer-from-exact`, for tools whose answers are. */
  readonly cacheLookup?: CacheLookup;
  /** An answer past its time, for when no model can give a new one; set by `answer-from-exact`. */
  readonly stale?: StaleAnswer;
  /** Requests to models, planned; set by `plan-call`, for tools that a model answers. */
  readonly plan?: Plan;
  /** The reservation; set by `hold-budget`, for tools that a model answers. */
  readonly hold?: Hold;
  readonly emit: Emit;
  readonly meta: CallMeta;
}

/** Facts known about a call so far; complete once it has ended. */
export interface CallMeta {
  prompt: { id: string; version: string; variant: string | null; hash: string | null } | null;
  model: string | null;
  /** Choice of the model; null for a plain function. */
  route: { chain: string; reason: string } | null;
  servedBy:
    | 'model'
    | 'exact_cache'
    | 'similar_cache'
    | 'shared'
    | 'fallback'
    | 'function'
    | 'replay'
    | 'none';
  /** The cache's word; null where none is in front of the tool. */
  cache: CacheDecision | null;
  /** The call whose outcome this one repeats. */
  replayOf: string | null;
  /** The budgets it counted on; null where it could not spend. */
  budget: CallBudget | null;
  /** The reservation, until the row is written. */
  settlement: Settlement | null;
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
  /** Whether the built-in simulator made the answer; of a call that asks no model: whether it plays all. */
  simulated: boolean;
}

export type Outcome = { ok: true; output: unknown } | { ok: false; problem: ProblemError };

export type Next = (call: Call) => Promise<Outcome>;
export type Layer = (call: Call, next: Next) => Promise<Outcome>;

/** Chooses the version of its prompt for a call. @throws ProblemError unknown_prompt, invalid_request */
export type ChoosePrompt = (
  tool: LlmTool,
  call: Pick<Call, 'principal' | 'labels' | 'promptWish'>,
) => Promise<ChosenPrompt>;

/** A call as a front hands it in: all but what the core itself knows. */
export type CallRequest = Pick<
  Call,
  'toolName' | 'input' | 'principal' | 'labels' | 'idempotencyKey' | 'front' | 'signal' | 'emit'
> & { cacheControl?: string | null; promptWish?: string | null };

/** Result for a front. */
export type Ended = Outcome & { call: Call };
