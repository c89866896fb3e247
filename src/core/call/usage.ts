import type { Usage } from '../../../schemas/wire/call.ts';
import type { CallMeta } from './call.ts';

export const NO_USAGE: Usage = {
  input: 0,
  output: 0,
  thinking: 0,
  cache_read: 0,
  cache_write_5m: 0,
  cache_write_1h: 0,
  source: 'none',
};

/** Prompt size in tokens: everything that was read, at whatever price. */
export const promptTokens = (usage: Usage): number =>
  usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h;

/** Sum of usages. One estimated part makes the sum an estimate. */
export function sumUsage(parts: readonly Usage[]): Usage {
  const sum = (pick: (usage: Usage) => number): number =>
    parts.reduce((total, part) => total + pick(part), 0);
  const sources = new Set(parts.map((part) => part.source));
  return {
    input: sum((u) => u.input),
    output: sum((u) => u.output),
    thinking: sum((u) => u.thinking),
    cache_read: sum((u) => u.cache_read),
    cache_write_5m: sum((u) => u.cache_write_5m),
    cache_write_1h: sum((u) => u.cache_write_1h),
    source: sources.has('estimated') ? 'estimated' : sources.has('provider') ? 'provider' : 'none',
  };
}

export const totalUsage = (meta: CallMeta): Usage => sumUsage(meta.attempts.map((a) => a.usage));

/** Saving by the provider's prompt cache over all attempts. */
export const totalPromptCacheSavedNanoUsd = (meta: CallMeta): number =>
  meta.attempts.reduce((total, attempt) => total + attempt.promptCacheSavedNanoUsd, 0);

export const totalCostNanoUsd = (meta: CallMeta): number =>
  meta.attempts.reduce((total, attempt) => total + attempt.costNanoUsd, 0);
