import type { MessagePlan as Plan } from '../plan-message.ts';
import type { SseEvent } from '../sse.ts';

export type FaultGroup =
  'status' | 'before-body' | 'mid-stream' | 'framing' | 'usage' | 'pace' | 'reply';

export interface FaultParam {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** One way to go wrong: data for a list, and what it does to the one request it strikes. */
export interface Fault {
  readonly name: string;
  readonly group: FaultGroup;
  readonly description: string;
  /** A client that reads with care still gets the right answer. */
  readonly harmless: boolean;
  /** It happens between the events of a stream, so an answer in one piece cannot have it. */
  readonly streamOnly: boolean;
  readonly params: Readonly<Record<string, FaultParam>>;
  /** Called once per request: what it returns may remember how far that request is. */
  effects(param: ReadParam, context: FaultContext): Effects;
}

export type ReadParam = (name: string) => number;

export interface FaultContext {
  readonly now: Date;
  readonly requestId: string;
}

/** Everything a fault can do; what is missing stays as it is without a fault. */
export interface Effects {
  /** Sent instead of an answer; the model never saw the request. */
  readonly error?: Error;
  /** Infinity: no headers ever come. */
  readonly headersAfterMs?: number;
  readonly clockSkewMs?: number;
  readonly firstTokenAfterMs?: number;
  readonly tokensPerSecond?: number;
  /** Tokens that the model makes of one of the prompt. */
  readonly promptFactor?: number;
  /** Each byte of the prompt is a token, before the factor. */
  readonly promptInBytes?: boolean;
  readonly plan?: (plan: Plan) => Plan;
  /** Changes any object on its way out: an event or the message in one piece. */
  readonly body?: (sent: object) => object;
  readonly script?: Script;
  readonly frame?: Framing;
}

/** Deltas up to and including this event, of all blocks. */
type DeltaCount = number;

/** Steps in place of one event. */
export type Script = (event: SseEvent, deltas: DeltaCount) => readonly StreamStep[];

/** The bytes of one event as the chunks they are written in. */
export type Framing = (
  frame: string,
  event: SseEvent,
  deltas: DeltaCount,
) => readonly (string | Buffer)[];

export type StreamStep =
  | { readonly kind: 'event'; readonly event: SseEvent }
  | { readonly kind: 'pause'; readonly ms: number; readonly pingEveryMs?: number }
  /** The body ends as if it were whole. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'reset' };

/** A wait longer than this is no wait at all for a timer of Node. */
export const MAX_MS = 2 ** 31 - 1;

export function milliseconds(value: number, meaning: string): FaultParam {
  return { default: value, min: 0, max: MAX_MS, meaning };
}

export const AT_DELTA: FaultParam = {
  default: 3,
  min: 0,
  max: 1_000_000,
  meaning: 'after how many deltas; a shorter answer has it before its message_delta',
};

/** True once per request: at the nth delta, or at `message_delta` when the answer has fewer. */
export function onceAtDelta(at: number): (event: SseEvent, deltas: DeltaCount) => boolean {
  let isOver = false;
  return ({ type }, deltas) => {
    const isDue = !isOver && (deltas >= at || type === 'message_delta');
    if (isDue) isOver = true;
    return isDue;
  };
}
