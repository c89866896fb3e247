import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheStore } from '../stores/ports/cache.ts';
import type { ServedEntry } from './serve-entry.ts';

interface UseParts {
  store: Pick<CacheStore, 'used'>;
  now: () => number;
  onError: (error: unknown) => void;
}

/** Writes down that an entry answered, and under which wording where it was not its own; nobody waits for it. */
export function noteUse(
  { store, now, onError }: UseParts,
  { call, lookup, served }: { call: Pick<Call, 'id'>; lookup: CacheLookup; served: ServedEntry },
): void {
  const { canon = null, text = '' } = lookup.question ?? {};
  const asked = served.tier === 'exact' || canon === null ? null : { canon, text };
  const { id: entry, costNanoUsd: savedNanoUsd } = served.entry;
  store.used({ call: call.id, entry, at: now(), savedNanoUsd, asked }).catch(onError);
}
