import type { Code } from '../../../errors/codes.ts';
import type { Reads } from '../reads.ts';

/** Messages to the thread. `lateAt`: milliseconds since the epoch; then nobody waits any more. */
export type ToReader =
  | { kind: 'ask'; id: number; lateAt: number; name: keyof Reads; parameters: unknown[] }
  | { kind: 'roll-up'; id: number; atLeast: number }
  | { kind: 'close' };

/** Its answers. */
export type ReaderReply =
  | { id: number; answer: unknown }
  | { id: number; problem: { code: Code; detail: string } }
  /** With SQLite's code, which says whether the database itself is in trouble; empty for other errors. */
  | { id: number; error: string; code: string };
