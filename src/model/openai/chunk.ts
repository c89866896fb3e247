import { fieldsOf, isFields, type Fields } from '../http/bounds.ts';
import { Unreadable } from '../http/unreadable.ts';
import type { Cleaner } from '../http/words.ts';
import type { ModelEvent, Stop } from '../provider.ts';
import { readUsage } from './counts.ts';

/** What one chunk of a stream, or a whole answer, says. */
export interface Chunk {
  text: string;
  thinking: string;
  /** Why the model declines, in its words. */
  refusal: string;
  finishReason: string | null;
  /** The name of the model that answers, as the server says it. */
  model: string | null;
  /** As it came; absent where it says nothing. */
  usage?: unknown;
  /** It carries counts and nothing else: the last one of a stream. */
  isTally: boolean;
}

/**
 * A chunk in our words, or null if it is none: a server may send kinds of its own.
 * @throws Unreadable when what it says of the answer is nothing that an answer can be made of
 */
export function toChunk(value: unknown, cleaner: Cleaner): Chunk | null {
  if (!isFields(value)) return null;
  const usage = value['usage'] ?? undefined;
  const choices = choicesIn(value);
  if (usage === undefined && choices === null) return null;
  const isEmpty = choices === null || choices.length === 0;
  return {
    ...(isEmpty ? NOTHING_SAID : saidIn(choices[0])),
    model: cleaner.name(value['model']),
    ...(usage !== undefined && { usage }),
    isTally: usage !== undefined && isEmpty,
  };
}

function choicesIn({ choices }: Fields): unknown[] | null {
  if (choices === undefined || choices === null) return null;
  if (Array.isArray(choices)) return choices as unknown[];
  throw new Unreadable('Its choices are none.');
}

type ChunkContent = Pick<Chunk, 'text' | 'thinking' | 'refusal' | 'finishReason'>;

const NOTHING_SAID: ChunkContent = { text: '', thinking: '', refusal: '', finishReason: null };

/** A choice has a `delta` in a stream and a `message` in a whole answer. */
function saidIn(choice: unknown): ChunkContent {
  if (!isFields(choice)) throw new Unreadable('Its choice is none.');
  const said = choice['delta'] ?? choice['message'] ?? {};
  if (!isFields(said)) throw new Unreadable('A piece of it is none.');
  const content = toContent(said['content']);
  return {
    text: content.text,
    thinking: toText(said['reasoning_content']) || toText(said['reasoning']) || content.thinking,
    refusal: toText(said['refusal']),
    finishReason: toText(choice['finish_reason']) || null,
  };
}

/** Text, nothing, or parts of which some are text and some what the model thinks. */
function toContent(content: unknown): { text: string; thinking: string } {
  if (typeof content === 'string') return { text: content, thinking: '' };
  if (content === undefined || content === null) return { text: '', thinking: '' };
  if (!Array.isArray(content)) throw new Unreadable('A piece of its text is no text.');
  const parts = (content as unknown[]).map(fieldsOf);
  const textOf = (part: Fields): string => (part['type'] === 'text' ? textIn(part) : '');
  return {
    text: parts.map(textOf).join(''),
    thinking: parts.map((part) => (part['type'] === 'text' ? '' : thinkingIn(part))).join(''),
  };
}

function textIn({ text }: Fields): string {
  if (typeof text === 'string') return text;
  throw new Unreadable('A piece of its text is no text.');
}

/** Only its length matters. */
const thinkingIn = ({ thinking }: Fields): string =>
  typeof thinking === 'string' ? thinking : thinking === undefined ? '' : JSON.stringify(thinking);

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
  answeredBy: string | null;
  usage?: unknown;
  refusal: string;
}

export const nothingReceived = (): Summary => ({
  started: false,
  finishReason: null,
  answeredBy: null,
  refusal: '',
});

const byWhom = ({ answeredBy }: Summary) => (answeredBy === null ? {} : { answeredBy });

export const startOf = (summary: Summary): ModelEvent => ({
  type: 'start',
  counts: {},
  ...byWhom(summary),
});

/**
 * Every kind of server has words of its own for an ordinary end; these are not ordinary. A map,
 * because such a word may be anything: `constructor` too.
 */
const STOPS: ReadonlyMap<string, Stop> = new Map([
  ['length', 'truncated'],
  ['content_filter', 'refused'],
]);

/** Reasons that tell of a server in trouble: the model did not stop by itself. */
export const BROKEN_OFF = new Set(['abort', 'error', 'insufficient_system_resource']);

export function endOf(summary: Summary, cleaner: Cleaner): ModelEvent {
  const { finishReason, usage, refusal } = summary;
  const { counts, doubts } = readUsage(usage);
  const told = { counts, ...(doubts.length > 0 && { doubts }), ...byWhom(summary) };
  if (refusal !== '') return { type: 'end', stop: 'refused', ...told, why: cleaner.words(refusal) };
  return { type: 'end', stop: STOPS.get(finishReason ?? '') ?? 'complete', ...told, why: null };
}
