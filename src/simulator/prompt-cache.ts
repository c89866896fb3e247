import { createHash } from 'node:crypto';
import type { Ttl } from './cache-control.ts';
import type { Segment } from './segments.ts';

/** Tokens of a prompt as they are billed. */
export interface CacheSplit {
  readonly readTokens: number;
  readonly write5mTokens: number;
  readonly write1hTokens: number;
}

export interface PromptCacheUse extends CacheSplit {
  /** Makes what was written readable and gives what was read a new life. */
  store(): void;
}

export interface CacheRequest {
  /** One cache for each model and workspace. */
  readonly scope: string;
  /** Settings cached messages depend on besides themselves; tools and system outlive a change. */
  readonly settings: string;
  readonly segments: readonly Segment[];
  readonly minTokens: number;
}

export interface SimulatedPromptCache {
  use(request: CacheRequest): PromptCacheUse;
}

const LIFE_MS: Readonly<Record<Ttl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 };
/** Blocks before a breakpoint, itself included, that may end a prefix that is found again. */
const LOOK_BACK = 20;

/** A prefix that can be read until its life is over; `ttl` says how long a read prolongs it. */
interface CachedPrefix {
  readonly ttl: Ttl;
  readonly expiresMs: number;
}

/** Keeps the `capacity` prefixes used last: the simulator may run for weeks. */
export function buildPromptCache(now: () => Date, capacity: number): SimulatedPromptCache {
  const entries = new Map<string, CachedPrefix>();
  const isAlive = (key: string): boolean => (entries.get(key)?.expiresMs ?? 0) > now().getTime();
  function keep(key: string, ttl: Ttl): void {
    entries.delete(key);
    entries.set(key, { ttl, expiresMs: now().getTime() + LIFE_MS[ttl] });
    if (entries.size <= capacity) return;
    for (const oldest of entries.keys()) {
      entries.delete(oldest);
      return;
    }
  }
  return {
    use: (request) => {
      const prefixes = toPrefixes(request);
      const marked = prefixes.filter(isBreakpoint);
      const hit = findHit(prefixes, marked, isAlive);
      const written = marked.filter(({ size }) => size > (hit?.size ?? 0));
      // A read prolongs every marked prefix that the one read begins with.
      const read = prefixes.filter(
        (prefix) => prefix === hit || (prefix.size < (hit?.size ?? 0) && isBreakpoint(prefix)),
      );
      const prolonged = read.flatMap(({ key }) => {
        const entry = isAlive(key) ? entries.get(key) : undefined;
        return entry ? [{ key, ttl: entry.ttl }] : [];
      });
      return {
        ...split(hit?.size ?? 0, written),
        store: () => {
          for (const { key, ttl } of [...prolonged, ...written]) keep(key, ttl);
        },
      };
    },
  };
}

/** The prompt up to the end of a segment. */
interface Prefix {
  readonly key: string;
  /** In tokens; grows from prefix to prefix, if not always. */
  readonly size: number;
  readonly at: number;
  readonly ttl: Ttl | null;
  readonly isLongEnough: boolean;
}

interface Breakpoint extends Prefix {
  readonly ttl: Ttl;
}

function isBreakpoint(prefix: Prefix): prefix is Breakpoint {
  return prefix.ttl !== null && prefix.isLongEnough;
}

/** None when nothing is marked: hashing a prompt that is not to be cached would be for nothing. */
function toPrefixes({ scope, settings, segments, minTokens }: CacheRequest): Prefix[] {
  if (segments.every(({ ttl }) => ttl === null)) return [];
  let digest = scope;
  let size = 0;
  return segments.map(({ layer, key, tokens, ttl }, at) => {
    const isFirstMessage = layer === 'messages' && segments[at - 1]?.layer !== 'messages';
    digest = hash(digest, `${layer} ${isFirstMessage ? settings : ''}`, key);
    size += tokens;
    return { key: digest, size, at, ttl, isLongEnough: size >= minTokens };
  });
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** The longest prefix in the cache that one of the breakpoints looks back far enough to see. */
function findHit(
  prefixes: readonly Prefix[],
  marked: readonly Breakpoint[],
  isAlive: (key: string) => boolean,
): Prefix | undefined {
  const inView = ({ at }: Prefix): boolean =>
    marked.some((mark) => at <= mark.at && at > mark.at - LOOK_BACK);
  return prefixes.findLast((prefix) => inView(prefix) && isAlive(prefix.key));
}

/** Tokens between two breakpoints are written with the life of the second. */
function split(readTokens: number, written: readonly Breakpoint[]): CacheSplit {
  const tokens = { '5m': 0, '1h': 0 };
  let before = readTokens;
  for (const { size, ttl } of written) {
    tokens[ttl] += size - before;
    before = size;
  }
  return { readTokens, write5mTokens: tokens['5m'], write1hTokens: tokens['1h'] };
}
