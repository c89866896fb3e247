import { LRUCache } from 'lru-cache';
import type { CacheStore, CachedAnswer } from '../stores/ports/cache.ts';

/** Size of an entry besides its texts, bytes. */
const ENTRY_BYTES = 600;

const sizeOf = ({ output, question }: CachedAnswer): number =>
  ENTRY_BYTES + 2 * (output.length + (question?.length ?? 0));

/**
 * Entries that were served lately, by exact key, for as long as no process has taken any out of use.
 * @param bytes most they may take
 */
export function rememberEntries(
  store: Pick<CacheStore, 'find' | 'generation'>,
  bytes: number,
): Pick<CacheStore, 'find'> {
  const entries = new LRUCache<string, CachedAnswer>({ maxSize: bytes, sizeCalculation: sizeOf });
  let generation = 0;
  return {
    async find(asked) {
      const current = await store.generation();
      if (current !== generation) entries.clear();
      generation = current;
      const known = asked.canon === null ? entries.get(asked.exactKey) : undefined;
      if (known) return { exact: known, alias: null };
      const found = await store.find(asked);
      if (found.exact && sizeOf(found.exact) <= bytes) entries.set(asked.exactKey, found.exact);
      return found;
    },
  };
}
