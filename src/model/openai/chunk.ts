import type { ModelEvent, Stop } from '../provider.ts';
import { toCounts, type WireUsage } from './counts.ts';
import { isFields } from './said.ts';

/** What one chunk of a stream, or a whole answer, says. */
export interface Chunk {
  text: string;
  thinking: string;
  /** Why the model declines, in its words. */
  refusal: string;
  finishReason: string | null;
  usage: WireUsage | null;
  /** It carries counts and nothing else: the last one of a stream. */
  isTally: boolean;
}

/** A chunk in our words, or null if it is none: a server may send kinds of its own. */
export function toChunk(value: unknown): Chunk | null {
  if (!isFields(value)) return null;
  const usage = isFields(value['usage']) ? value['usage'] : null;
  const choices = Array.isArray(value['choices']) ? (value['choices'] as unknown[]) : null;
  if (usage === null && choices === null) return null;
  return {
    ...saidIn(isFields(choices?.[0]) ? choices[0] : {}),
    usage,
    isTally: usage !== null && (choices ?? []).length === 0,
  };
}

/** A choice has a `delta` in a stream and a `message` in a whole answer. */
function saidIn(choice: Record<string, unknown>): Omit<Chunk, 'usage' | 'isTally'> {
  const said = [choice['delta'], choice['message']].find(isFields) ?? {};
  return {
    text: toText(said['content']),
    thinking: toText(said['reasoning_content']) || toText(said['reasoning']),
    refusal: toText(said['refusal']),
    finishReason: toText(choice['finish_reason']) || null,
  };
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a chunk brings the reader: thinking comes before the text it leads to. */
export const eventsOf = ({ thinking, text }: Chunk): ModelEvent[] => [
  ...(thinking === '' ? [] : [{ type: 'thinking' as const, chars: thinking.length }]),
  ...(text === '' ? [] : [{ type: 'text' as const, text }]),
];

/** What is kept of the chunks of one answer. */
export interface Summary {
  started: boolean;
  finishReason: string | null;
  usage: WireUsage | null;
  refusal: string;
}

export const nothingKept = (): Summary => ({
  started: false,
  finishReason: null,
  usage: null,
  refusal: '',
});

/** Every kind of server has words of its own for an ordinary end; these are not ordinary. */
const STOPS: Partial<Record<string, Stop>> = { length: 'truncated', content_filter: 'refused' };

/** Reasons that tell of a server in trouble: the model did not stop by itself. */
export const TROUBLE = new Set(['abort', 'error', 'insufficient_system_resource']);

export function endOf({ finishReason, usage, refusal }: Summary): ModelEvent {
  const counts = usage === null ? {} : toCounts(usage);
  if (refusal !== '') return { type: 'end', stop: 'refused', counts, why: refusal.slice(0, 300) };
  return { type: 'end', stop: STOPS[finishReason ?? ''] ?? 'complete', counts, why: null };
}
