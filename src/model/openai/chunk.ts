import { fieldsOf, isFields, type Fields, isCount } from '../http/bounds.ts';
import { Unreadable } from '../http/unreadable.ts';
import type { Cleaner } from '../http/words.ts';
import type { ModelEvent, Stop, TokenCounts } from '../provider.ts';
import type { Doubt } from '../../../schemas/wire/call.ts';

/** Content of one chunk of a stream, or a whole answer. */
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

/** Events of a chunk for the reader: thinking comes before the text it leads to. */
export const eventsOf = ({ thinking, text }: Chunk): ModelEvent[] => [
  ...(thinking === '' ? [] : [{ type: 'thinking' as const, chars: thinking.length }]),
  ...(text === '' ? [] : [{ type: 'text' as const, text }]),
];

/** Summary of the chunks of one answer. */
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

/** The `usage` object of a chat completion, as far as it is about tokens; any part may be missing. */
interface WireUsage {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  total_tokens?: unknown;
  prompt_tokens_details?: unknown;
  completion_tokens_details?: unknown;
}

/**
 * Their counts -> ours. Their prompt is a total that includes what was read from a cache; ours are
 * parts that add up. A zero they send is a zero; what they do not send stays absent.
 */
export const toCounts = (usage: WireUsage): TokenCounts => ({
  ...promptCounts(usage),
  ...answerCounts(usage),
});

function promptCounts(usage: WireUsage): TokenCounts {
  const prompt = toTokens(usage.prompt_tokens);
  const cached = toTokens(fieldsOf(usage.prompt_tokens_details)['cached_tokens']);
  // A part is never larger than its whole, whatever a server says.
  const read = cached === null ? null : Math.min(cached, prompt ?? cached);
  return {
    ...(prompt !== null && { input: prompt - (read ?? 0) }),
    ...(read !== null && { cache_read: read }),
  };
}

function answerCounts(usage: WireUsage): TokenCounts {
  const thinking = toTokens(fieldsOf(usage.completion_tokens_details)['reasoning_tokens']);
  const output = outputOf(usage, thinking ?? 0);
  return {
    ...(output !== null && { output }),
    ...(thinking !== null && { thinking: Math.min(thinking, output ?? thinking) }),
  };
}

/** Some servers (xAI) leave reasoning out of the completion; then it shows in the total. */
function outputOf(usage: WireUsage, thinking: number): number | null {
  const prompt = toTokens(usage.prompt_tokens);
  const completion = toTokens(usage.completion_tokens);
  if (completion === null || prompt === null) return completion;
  const isApart = toTokens(usage.total_tokens) === prompt + completion + thinking;
  return isApart ? completion + thinking : completion;
}

const toTokens = (told: unknown): number | null => (isCount(told) ? told : null);

/** A `usage` of whatever kind: its counts, and what of it is not one. */
function readUsage(usage: unknown): { counts: TokenCounts; doubts: Doubt[] } {
  if (usage === undefined) return { counts: {}, doubts: [] };
  if (!isFields(usage)) return { counts: {}, doubts: ['input_unreadable', 'output_unreadable'] };
  const details = (name: string): Record<string, unknown> => fieldsOf(usage[`${name}_details`]);
  const told: readonly (readonly [Doubt, unknown])[] = [
    ['input_unreadable', usage['prompt_tokens']],
    ['input_unreadable', details('prompt_tokens')['cached_tokens']],
    ['output_unreadable', usage['completion_tokens']],
    ['thinking_unreadable', details('completion_tokens')['reasoning_tokens']],
  ];
  const wrong = told.filter(
    ([, value]) => value !== undefined && value !== null && !isCount(value),
  );
  return { counts: toCounts(usage), doubts: [...new Set(wrong.map(([doubt]) => doubt))] };
}
