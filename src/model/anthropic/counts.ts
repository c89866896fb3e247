import type { Doubt } from '../../../schemas/wire/call.ts';
import { fieldsOf, isCount, isFields } from '../http/bounds.ts';
import type { TokenCounts } from '../provider.ts';

/** Time that the provider was asked to keep what it writes to its cache. */
export type TimeToLive = '5m' | '1h';

/** Counts of one answer so far, wherever it gave them. */
export interface CacheTally {
  input?: number;
  read?: number;
  /** All that was written to the cache. */
  written?: number;
  /** The same by time to live; together they may be less than all. */
  written5m?: number;
  written1h?: number;
  output?: number;
  thinking?: number;
  readonly doubts: Set<Doubt>;
}

export const emptyTally = (): CacheTally => ({ doubts: new Set() });

/** A `usage` as a message or an event has it. What it does not say, or says with null, is absent: nobody must take it for zero. */
export function countPrompt(tally: CacheTally, usage: unknown): void {
  const told = usageOf(tally, usage, 'input_unreadable');
  const { cache_creation: split } = told;
  if (!isFields(split ?? {})) tally.doubts.add('input_unreadable');
  const parts = fieldsOf(split);
  take(tally, 'input', told['input_tokens']);
  take(tally, 'read', told['cache_read_input_tokens']);
  take(tally, 'written', told['cache_creation_input_tokens']);
  take(tally, 'written5m', parts['ephemeral_5m_input_tokens']);
  take(tally, 'written1h', parts['ephemeral_1h_input_tokens']);
}

/** The counts of an answer grow from event to event; the one of `message_start` is a placeholder, and not to be counted. */
export function countOutput(tally: CacheTally, usage: unknown): void {
  const told = usageOf(tally, usage, 'output_unreadable');
  take(tally, 'output', told['output_tokens']);
  take(tally, 'thinking', fieldsOf(told['output_tokens_details'])['thinking_tokens']);
}

function usageOf({ doubts }: CacheTally, usage: unknown, doubt: Doubt): Record<string, unknown> {
  if (usage !== undefined && usage !== null && !isFields(usage)) doubts.add(doubt);
  return fieldsOf(usage);
}

/** The later count is the better one, but a zero takes none back: some servers count at one place only. */
function take(tally: CacheTally, part: Exclude<keyof CacheTally, 'doubts'>, told: unknown): void {
  if (told === undefined || told === null) return;
  if (!isCount(told)) tally.doubts.add(DOUBTS[part]);
  else if (told > 0 || tally[part] === undefined) tally[part] = told;
}

const DOUBTS: Readonly<Record<Exclude<keyof CacheTally, 'doubts'>, Doubt>> = {
  input: 'input_unreadable',
  read: 'input_unreadable',
  written: 'input_unreadable',
  written5m: 'input_unreadable',
  written1h: 'input_unreadable',
  output: 'output_unreadable',
  thinking: 'thinking_unreadable',
};

/** The counts of the port. What was written without saying for how long is kept as long as was asked for. */
export function toCounts(tally: CacheTally, asked: TimeToLive): TokenCounts {
  const { input, read, output, thinking } = tally;
  return {
    ...(input !== undefined && { input }),
    ...(read !== undefined && { cache_read: read }),
    ...writes(tally, asked),
    ...(output !== undefined && { output }),
    ...(thinking !== undefined && { thinking: Math.min(thinking, output ?? thinking) }),
  };
}

function writes({ written, written5m, written1h }: CacheTally, asked: TimeToLive): TokenCounts {
  const isSplit = written5m !== undefined || written1h !== undefined;
  if (written === undefined && !isSplit) return {};
  const [for5m, for1h] = [written5m ?? 0, written1h ?? 0];
  const rest = Math.max(0, (written ?? 0) - for5m - for1h);
  if (asked === '1h') return { cache_write_5m: for5m, cache_write_1h: for1h + rest };
  return { cache_write_5m: for5m + rest, ...(isSplit && { cache_write_1h: for1h }) };
}
