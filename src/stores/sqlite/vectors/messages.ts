import type { ScopeSize } from './sizes.ts';
import type { VectorHit } from './vectors.ts';

/** A search for the thread. */
export interface SearchQuestion {
  table: string;
  /** Number of the index. */
  index: number;
  dimensions: number;
  scope: number;
  /** Of the scope, as the asker knows it. */
  size: ScopeSize;
  vector: Float32Array;
  limit: number;
  now: number;
}

/** A vector that was added to a scope. */
export interface Added {
  index: number;
  scope: number;
  row: number;
  until: number;
  values: Float32Array;
}

/** An entry that has gone from a scope. */
export interface Gone {
  scope: number;
  row: number;
}

/** Messages to the thread. `lateAt`: milliseconds since the epoch; then nobody waits any more. */
export type ToSearcher =
  | { kind: 'ask'; id: number; lateAt: number; question: SearchQuestion }
  | { kind: 'add'; added: Added }
  | { kind: 'gone'; gone: readonly Gone[] };

/** Its answers. */
export type SearcherReply = { id: number; hits: VectorHit[] } | { id: number; error: string };
