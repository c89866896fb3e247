import type { CacheAsk } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheBook } from '../stores/ports/cache.ts';
import type { Served } from './serve-entry.ts';

interface NoteParts {
  book: Pick<CacheBook, 'used'>;
  now: () => number;
  onError: (error: unknown) => void;
}

/** Writes down that an entry answered, and under which wording where it was not its own; nobody waits for it. */
export function noteUse(
  { book, now, onError }: NoteParts,
  { call, ask, served }: { call: Pick<Call, 'id'>; ask: CacheAsk; served: Served },
): void {
  const { canon = null, text = '' } = ask.question ?? {};
  const asked = served.tier === 'exact' || canon === null ? null : { canon, text };
  const { id: entry, costNanoUsd: savedNanoUsd } = served.entry;
  book.used({ call: call.id, entry, at: now(), savedNanoUsd, asked }).catch(onError);
}
