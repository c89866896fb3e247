import type { Counts } from '../provider.ts';

/** The `usage` object of a chat completion, as far as it is about tokens; any part may be missing. */
export interface WireUsage {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  total_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown } | null;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
}

/**
 * Their counts -> ours. Their prompt is a total that includes what was read from a cache; ours are
 * parts that add up. A zero they send is a zero; what they do not send stays absent.
 */
export const toCounts = (usage: WireUsage): Counts => ({
  ...promptCounts(usage),
  ...answerCounts(usage),
});

function promptCounts(usage: WireUsage): Counts {
  const prompt = toTokens(usage.prompt_tokens);
  const cached = toTokens(usage.prompt_tokens_details?.cached_tokens);
  // A part is never larger than its whole, whatever a server says.
  const read = cached === null ? null : Math.min(cached, prompt ?? cached);
  return {
    ...(prompt !== null && { input: prompt - (read ?? 0) }),
    ...(read !== null && { cache_read: read }),
  };
}

function answerCounts(usage: WireUsage): Counts {
  const thinking = toTokens(usage.completion_tokens_details?.reasoning_tokens);
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

const toTokens = (told: unknown): number | null =>
  typeof told === 'number' && Number.isSafeInteger(told) && told >= 0 ? told : null;
