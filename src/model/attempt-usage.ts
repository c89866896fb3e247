import type { Doubt, Usage } from '../../schemas/wire/call.ts';
import { NO_USAGE, promptTokens } from '../core/call/usage.ts';
import type { TokenCounts, RateLimits, ModelEvent, Stop } from './provider.ts';

/** Facts heard from the provider so far. */
export interface ReceivedSoFar {
  /** The request was written to a connection. */
  sent: boolean;
  /** Response headers came. */
  answered: boolean;
  /** The answer itself began. */
  started: boolean;
  requestId: string | null;
  limits: RateLimits;
  counts: TokenCounts;
  /** Parts of the counts that could not be taken as said. */
  doubts: ReadonlySet<Doubt>;
  /** Model answering, as the provider says. */
  answeredBy: string | null;
  text: string;
  thinkingChars: number;
  ended: Stop | null;
  why: string | null;
}

export const nothingReceived = (): ReceivedSoFar => ({
  sent: false,
  answered: false,
  started: false,
  requestId: null,
  limits: {},
  counts: {},
  doubts: new Set(),
  answeredBy: null,
  text: '',
  thinkingChars: 0,
  ended: null,
  why: null,
});

export const reachOf = ({ sent, answered }: ReceivedSoFar): 'not_sent' | 'unknown' | 'answered' =>
  answered ? 'answered' : sent ? 'unknown' : 'not_sent';

/** Prompt tokens of an attempt as we would expect the provider to count them. */
export type ExpectedPrompt = Pick<
  Usage,
  'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h'
>;

/** Most tokens that can be true of an attempt. */
export interface MostTokens {
  /** The model's capacity. */
  prompt: number;
  /** Output it was allowed to write. */
  output: number;
}

interface Circumstances {
  prompt: ExpectedPrompt;
  /** Our count of the text that was received. */
  outputTokens: number;
  most: MostTokens;
  /** We hung up on it; it did not refuse or fail by itself. */
  hungUp: boolean;
}

/** Keep what the provider says of its work, as far as it can be true. @returns all counts so far */
export function believe(
  received: ReceivedSoFar,
  { counts, doubts = [], answeredBy }: ModelEvent & { type: 'start' | 'end' },
  most: MostTokens,
): TokenCounts {
  if (doubts.length > 0) received.doubts = new Set([...received.doubts, ...doubts]);
  if (answeredBy !== undefined) received.answeredBy = answeredBy;
  received.counts = { ...received.counts, ...counts };
  const { output, thinking, ...prompt } = received.counts;
  if (promptTokens({ ...NO_USAGE, ...prompt }) <= most.prompt) return received.counts;
  // The model cannot hold such a prompt, so it was not counted: queues and budgets hear nothing of it.
  received.doubts = new Set([...received.doubts, 'input_above_limit']);
  received.counts = {
    ...(output !== undefined && { output }),
    ...(thinking !== undefined && { thinking }),
  };
  return received.counts;
}

/** An attempt's usage, and why it is not simply what the provider said. */
export interface UsageEvidence {
  usage: Usage;
  doubts: readonly Doubt[];
}

/** A thinking token has about so many characters. */
const CHARS_PER_THINKING_TOKEN = 3;

/** Tokens of the thinking that was seen, by our count. */
export const thinkingTokens = ({ thinkingChars }: ReceivedSoFar): number =>
  Math.ceil(thinkingChars / CHARS_PER_THINKING_TOKEN);

/** No tokenizer in use has a token for more characters of a text than this. */
export const MOST_CHARS_PER_TOKEN = 128;

/**
 * Usage of an attempt: the provider's counts where it gave the final ones and they can be true, else
 * the best evidence. Free is what never left the machine, and what failed before an answer began. An
 * attempt that we hung up on while it was silent has read its prompt, for all we know.
 */
export function usageOf(received: ReceivedSoFar, circumstances: Circumstances): UsageEvidence {
  const { hungUp } = circumstances;
  if (!received.sent || (!hasBegun(received) && !hungUp)) return { usage: NO_USAGE, doubts: [] };
  const doubts = new Set(received.doubts);
  const prompt = promptOf(received, circumstances, doubts);
  const output = outputOf(received, circumstances, doubts);
  if (received.ended === null) doubts.add('ended_early');
  const source = doubts.size === 0 ? 'provider' : 'estimated';
  return { usage: { ...NO_USAGE, ...prompt, ...output, source }, doubts: [...doubts] };
}

/** A text, a count or an end is an answer, also where its beginning is missing. */
const hasBegun = (received: ReceivedSoFar): boolean =>
  received.started ||
  received.ended !== null ||
  hasText(received) ||
  Object.keys(received.counts).length > 0;

const hasText = ({ text, thinkingChars }: ReceivedSoFar): boolean =>
  text !== '' || thinkingChars > 0;

function promptOf(
  received: ReceivedSoFar,
  { prompt: expected }: Circumstances,
  doubts: Set<Doubt>,
): TokenCounts {
  const { counts } = received;
  const prompt = { ...counts };
  delete prompt.output;
  delete prompt.thinking;
  if (!saysAll(counts, expected)) {
    if (!doubts.has('input_unreadable') && !doubts.has('input_above_limit'))
      doubts.add('input_missing');
    return { ...expected, ...prompt };
  }
  const isNone = promptTokens({ ...NO_USAGE, ...prompt }) === 0;
  if (!isNone || (!hasText(received) && (counts.output ?? 0) === 0)) return prompt;
  doubts.add('input_zero');
  return expected;
}

/**
 * Whether the provider said how long the prompt was. Missing counts of its cache are zero, unless we
 * asked for the cache to be used: then most of the prompt may be unaccounted for.
 */
function saysAll(counts: TokenCounts, expected: ExpectedPrompt): boolean {
  if (counts.input === undefined) return false;
  if (counts.cache_read !== undefined && counts.cache_write_5m !== undefined) return true;
  return expected.cache_read + expected.cache_write_5m + expected.cache_write_1h === 0;
}

/** The allowed output is the most that counts: it is what was asked for, and what was reserved. */
function outputOf(
  received: ReceivedSoFar,
  { outputTokens, most }: Circumstances,
  doubts: Set<Doubt>,
): Pick<Usage, 'output' | 'thinking'> {
  const { output: told, thinking = 0 } = received.counts;
  const doubt = doubtOf(told, received, most);
  if (doubt !== null && !doubts.has('output_unreadable')) doubts.add(doubt);
  // More than the model can hold is no count at all; a little too much is still one.
  const isCount = told !== undefined && told <= most.prompt && doubt !== 'output_too_small';
  const seen = thinkingTokens(received);
  const output = Math.min(isCount ? told : outputTokens + seen, most.output);
  return { output, thinking: Math.min(isCount ? thinking : seen, output) };
}

/** Why a count of what was written cannot be taken as it is; an answer that was cut off owes none. */
function doubtOf(
  told: number | undefined,
  received: ReceivedSoFar,
  most: MostTokens,
): Doubt | null {
  if (told === undefined) return received.ended === null ? null : 'output_missing';
  if (told > most.output) return 'output_above_limit';
  const chars = received.text.length + received.thinkingChars;
  return told * MOST_CHARS_PER_TOKEN < chars ? 'output_too_small' : null;
}
