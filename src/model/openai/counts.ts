import type { Doubt } from '../../../schemas/wire/call.ts';
import { fieldsOf, isCount, isFields } from '../http/bounds.ts';
import type { TokenCounts } from '../provider.ts';

/** The `usage` object of a chat completion, as far as it is about tokens; any part may be missing. */
export interface WireUsage {
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
export function readUsage(usage: unknown): { counts: TokenCounts; doubts: Doubt[] } {
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
