/** A caller's word on cached answers. */
export interface CacheControl {
  /** A cached answer will do. */
  readonly mayRead: boolean;
  /** The new answer may be kept, and what is learnt on the way. */
  readonly mayStore: boolean;
  /** No model shall be asked. */
  readonly onlyIfCached: boolean;
  /** Another wording of the question will not do. */
  readonly exactOnly: boolean;
  /** Oldest answer that will do, milliseconds. */
  readonly maxAgeMs: number;
}

/**
 * Request directives of Cache-Control (RFC 9111, 5.2.1) and `exact-only`, from wherever the caller
 * said them; the strictest counts. As HTTP wants it, unknown directives are ignored.
 */
export function readCacheControl(...said: readonly (string | null | undefined)[]): CacheControl {
  const directives = said.flatMap((each) => (each ?? '').toLowerCase().split(',')).map(toDirective);
  const has = (name: string): boolean => directives.some((directive) => directive.name === name);
  const ages = directives.filter(({ name }) => name === 'max-age').map(({ seconds }) => seconds);
  const maxAgeMs = Math.min(Infinity, ...ages) * 1000;
  return {
    mayRead: !has('no-cache') && maxAgeMs > 0,
    mayStore: !has('no-store'),
    onlyIfCached: has('only-if-cached'),
    exactOnly: has('exact-only'),
    maxAgeMs,
  };
}

/** An age that is no number is as old as nothing (RFC 9111, 4.2.1: invalid freshness is stale). */
function toDirective(said: string): { name: string; seconds: number } {
  const [name = '', value = ''] = said.split('=');
  const digits = /^\s*"?(\d+)"?\s*$/.exec(value)?.[1];
  return { name: name.trim(), seconds: digits === undefined ? 0 : Number(digits) };
}

/** Key of the same in a message of MCP: `_meta["tollgate/cache_control"]`. */
export const CACHE_CONTROL_META_KEY = 'tollgate/cache_control';
