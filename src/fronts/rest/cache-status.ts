import type { Tier } from '../../core/call/cache-lookup.ts';

/** State of a call in the cache as known when the headers go out. */
export interface CacheKnown {
  tier: Tier | null;
  stored?: boolean;
}

/**
 * `Cache-Status` (RFC 9211) of one call: `hit` with the tier as detail, or that it went forward
 * because nothing fitted, where `collapsed` says that an identical call's answer was shared.
 */
export function cacheStatus({ tier, stored = false }: CacheKnown): string {
  if (tier === 'shared') return 'tollgate; fwd=miss; collapsed';
  if (tier !== null) return `tollgate; hit; detail=${tier}`;
  return `tollgate; fwd=miss${stored ? '; stored' : ''}`;
}
