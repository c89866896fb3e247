import { toBucket, toBucketCount } from '../http/bounds.ts';
import type { UpstreamHeaders } from '../http/upstream.ts';
import type { RateLimitBucket, RateLimits } from '../provider.ts';

/**
 * `anthropic-ratelimit-*`: sizes per minute, what is left, and when they are full again (RFC 3339, by
 * the provider's clock: the difference to ours is taken off).
 */
export function limitsOf(headers: UpstreamHeaders, now: number): RateLimits {
  const date = Date.parse(headers.get('date') ?? '');
  const theirNow = Number.isNaN(date) ? now : date;
  const bucket = (name: string): RateLimitBucket | null => {
    const read = (field: string): string | null =>
      headers.get(`anthropic-ratelimit-${name}-${field}`);
    const told = {
      limit: toBucketCount(read('limit')),
      remaining: toBucketCount(read('remaining')),
      resetMs: Date.parse(read('reset') ?? '') - theirNow,
    };
    return toBucket(told, now);
  };
  const requests = bucket('requests');
  const inputTokens = bucket('input-tokens') ?? bucket('tokens');
  const outputTokens = bucket('output-tokens');
  return {
    ...(requests && { requests }),
    ...(inputTokens && { inputTokens }),
    ...(outputTokens && { outputTokens }),
  };
}
