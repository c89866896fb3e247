import type { Usage } from '../../schemas/call.ts';
import { NO_USAGE } from '../call/usage.ts';
import type { Counts, LimitsTold, Stop } from './provider.ts';

/** What was heard from the provider so far. */
export interface Heard {
  /** The request was written to a connection. */
  sent: boolean;
  /** Response headers came. */
  answered: boolean;
  /** The answer itself began. */
  started: boolean;
  requestId: string | null;
  limits: LimitsTold;
  counts: Counts;
  text: string;
  thinkingChars: number;
  ended: Stop | null;
  why: string | null;
}

export const nothingHeard = (): Heard => ({
  sent: false,
  answered: false,
  started: false,
  requestId: null,
  limits: {},
  counts: {},
  text: '',
  thinkingChars: 0,
  ended: null,
  why: null,
});

export const reachOf = ({ sent, answered }: Heard): 'not_sent' | 'unknown' | 'answered' =>
  answered ? 'answered' : sent ? 'unknown' : 'not_sent';

/** Prompt tokens of an attempt as we would expect the provider to count them. */
export type ExpectedPrompt = Pick<
  Usage,
  'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h'
>;

interface Circumstances {
  prompt: ExpectedPrompt;
  /** Our count of the text that was received. */
  outputTokens: number;
  /** We hung up on it; it did not refuse or fail by itself. */
  hungUp: boolean;
}

/** A thinking token has about so many characters. */
const CHARS_PER_THINKING_TOKEN = 3;

/** Tokens of the thinking that was seen, by our count. */
export const thinkingTokens = ({ thinkingChars }: Heard): number =>
  Math.ceil(thinkingChars / CHARS_PER_THINKING_TOKEN);

/**
 * What an attempt used: the provider's counts where it gave the final ones, else the best evidence.
 * Free is what never left the machine, and what failed before an answer began. An attempt that we
 * hung up on while it was silent has read its prompt, for all we know.
 */
export function usageOf(heard: Heard, circumstances: Circumstances): Usage {
  const { prompt, outputTokens, hungUp } = circumstances;
  if (!heard.sent || (!heard.started && !hungUp)) return NO_USAGE;
  const { counts, ended } = heard;
  const knowsPrompt = saysAll(counts, prompt);
  if (ended !== null && counts.output !== undefined && knowsPrompt) {
    return { ...NO_USAGE, ...counts, source: 'provider' };
  }
  const thinking = thinkingTokens(heard);
  return {
    ...NO_USAGE,
    output: outputTokens + thinking,
    thinking,
    ...(knowsPrompt ? {} : prompt),
    ...counts,
    source: 'estimated',
  };
}

/**
 * Whether the provider said how long the prompt was. Missing counts of its cache are zero, unless we
 * asked for the cache to be used: then most of the prompt may be unaccounted for.
 */
function saysAll(counts: Counts, expected: ExpectedPrompt): boolean {
  if (counts.input === undefined) return false;
  if (counts.cache_read !== undefined && counts.cache_write_5m !== undefined) return true;
  return expected.cache_read + expected.cache_write_5m + expected.cache_write_1h === 0;
}
