import { invalid } from './errors.ts';
import { isObject } from './json.ts';

export type Ttl = '5m' | '1h';

/** The life of a `cache_control`, or null when there is none. */
export function readTtl(value: unknown, path: string): Ttl | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value) || value['type'] !== 'ephemeral') {
    throw invalid(`${path}.cache_control.type: Input should be 'ephemeral'`);
  }
  const { ttl = null } = value as { ttl?: unknown };
  if (ttl === null || ttl === '5m') return '5m';
  if (ttl === '1h') return '1h';
  throw invalid(`${path}.cache_control.ttl: Input should be '5m' or '1h'`);
}

/** End of a prefix of the prompt that is to be cached. */
interface Marked {
  readonly ttl: Ttl | null;
  readonly isCacheable: boolean;
}

/**
 * Puts the automatic breakpoint of a top-level `cache_control` on the last block that can carry one.
 * A block that has the same one already keeps it.
 */
export function markLast<Block extends Marked>(
  blocks: readonly Block[],
  ttl: Ttl | null,
): readonly Block[] {
  const at = ttl === null ? -1 : blocks.findLastIndex(({ isCacheable }) => isCacheable);
  const last = blocks[at];
  if (!last) return blocks;
  if (last.ttl !== null && last.ttl !== ttl) {
    throw invalid('cache_control: the last block already has a breakpoint with another ttl');
  }
  return blocks.with(at, { ...last, ttl });
}

const MAX_BREAKPOINTS = 4;

export function checkBreakpoints(blocks: readonly Marked[]): void {
  const lives = blocks.flatMap(({ ttl }) => (ttl === null ? [] : [ttl]));
  if (lives.length > MAX_BREAKPOINTS) {
    const found = `Found ${String(lives.length)}`;
    throw invalid(
      `A maximum of ${String(MAX_BREAKPOINTS)} blocks with cache_control may be provided. ${found}.`,
    );
  }
  const short = lives.indexOf('5m');
  if (short >= 0 && lives.includes('1h', short)) {
    throw invalid(
      "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block; blocks are processed in the order tools, system, messages",
    );
  }
}
