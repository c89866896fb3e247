import type { BucketTold, LimitsTold } from '../provider.ts';

/**
 * `anthropic-ratelimit-*`: sizes per minute, what is left, and when they are full again (RFC 3339, by
 * the provider's clock: the difference to ours is taken off).
 */
export function limitsOf(headers: Pick<Headers, 'get'>, now: number): LimitsTold {
  const date = Date.parse(headers.get('date') ?? '');
  const ahead = Number.isNaN(date) ? 0 : date - now;
  const bucket = (name: string): BucketTold | null => {
    const read = (field: string): string | null =>
      headers.get(`anthropic-ratelimit-${name}-${field}`);
    const told = {
      limit: Number(read('limit') ?? Number.NaN),
      remaining: Number(read('remaining') ?? Number.NaN),
      fullAt: Date.parse(read('reset') ?? '') - ahead,
    };
    return Object.values(told).every(Number.isFinite) ? told : null;
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
