import type { WireCache } from '../../../schemas/wire/call.ts';
import type { CacheControl } from './cache-control.ts';
import type { CachePolicy, LlmTool } from '../tool/define-tool.ts';

/** Tier that knew the question of a call. */
export type Tier = NonNullable<WireCache['tier']>;

/** The cache's word on a call. */
export interface CacheDecision {
  tier: Tier | null;
  /** The cached answer: id of the call that made it. */
  entry: string | null;
  ageMs: number | null;
  /** Whether the answer of this call is kept. */
  stored: boolean;
  reason: string;
}

/** A call as the cache sees it. */
export interface CacheLookup {
  tool: LlmTool;
  policy: CachePolicy;
  control: CacheControl;
  /** Everything an answer depends on but the compared text, hashed (hex). */
  scope: string;
  /** Owner of the answers; null: everybody. */
  tenant: string | null;
  /** Tool and compared field: what evidence is kept under. */
  class: string;
  /** Hash of the scope and the whole input (hex). */
  exactKey: string;
  tags: readonly string[];
  /** The compared text; null where only the same input is the same question. */
  question: ComparedQuestion | null;
}

export interface ComparedQuestion {
  text: string;
  /** Its canonical key; null where it has none, and is only ever recognised as it stands. */
  canon: string | null;
  /**
   * `plain`: other wordings may be served its answer. `pointing`: what it means is not in it, so only a
   * judge may say so. `time_bound`, `long`: nothing but the same text is the same question.
   */
  kind: 'plain' | 'pointing' | 'time_bound' | 'long';
}

/** An answer that is past its time: better than none. */
export interface StaleAnswer {
  entry: string;
  output: unknown;
  ageMs: number;
}
