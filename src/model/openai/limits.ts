import { toBucket, toBucketCount } from '../http/bounds.ts';
import { LONGEST_TIMER_MS, type UpstreamHeaders } from '../http/upstream.ts';
import type { RateLimitBucket, RateLimits } from '../provider.ts';

/**
 * The `x-ratelimit-*` headers. Their bucket of tokens is one for prompt and answer; it stands for
 * the input here, which is the larger part and known before a call.
 */
export function limitsOf(headers: UpstreamHeaders, nowMs: number): RateLimits {
  const requests = bucket(headers, 'requests', nowMs);
  const tokens = bucket(headers, 'tokens', nowMs);
  return { ...(requests && { requests }), ...(tokens && { inputTokens: tokens }) };
}

const bucket = (headers: UpstreamHeaders, kind: string, nowMs: number): RateLimitBucket | null =>
  toBucket(
    {
      limit: toBucketCount(headers.get(`x-ratelimit-limit-${kind}`)),
      remaining: toBucketCount(headers.get(`x-ratelimit-remaining-${kind}`)),
      resetMs: toMs(headers.get(`x-ratelimit-reset-${kind}`)),
    },
    nowMs,
  );

const MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** `6m0s`, `1.5s`, `120ms`, `1h2m3s`, or a bare number of seconds. */
export function toMs(told: string | null): number | null {
  if (told === null || !/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$|^\d+(?:\.\d+)?$/.test(told)) return null;
  const parts = [...told.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])?/g)];
  const total = parts.reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * MS[unit as keyof typeof MS],
    0,
  );
  // Some servers send a date as seconds since 1970 instead: no bucket stays empty for decades.
  return total <= LONGEST_TIMER_MS ? Math.ceil(total) : null;
}
