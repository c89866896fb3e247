import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { Problem } from '../../schemas/wire/problem.ts';

/** What every front says of a call, in one shape. */
export interface Called {
  ok: boolean;
  output: unknown;
  /** Null where a front says nothing of the call: errors over HTTP, protocol errors over MCP. */
  call: WireCallMeta | null;
  problem: Problem | null;
  /** Events on the way, the terminal one left out. */
  events: { event: string; data: unknown }[];
}

export interface Extra {
  /** The secret of a key. */
  key?: string;
  idempotencyKey?: string;
  /** The version of the prompt that is wished, as `faq@v1`. */
  prompt?: string;
  signal?: AbortSignal;
  labels?: Partial<WireCallMeta['labels']>;
  onEvent?: (event: string) => void;
}

export type CallTool = (tool: string, input: unknown, extra?: Extra) => Promise<Called>;

/** A way to make calls. */
export interface Connection {
  call: CallTool;
  close?: () => Promise<void>;
}

export const failed = (problem: unknown, events: Called['events'] = []): Called => ({
  ok: false,
  output: undefined,
  call: null,
  problem: problem as Problem,
  events,
});

/** How a key travels over HTTP. */
export const bearer = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };
