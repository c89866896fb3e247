import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { CacheStore, CachedAnswer, CacheMatches } from '../stores/ports/cache.ts';
import { vetoOf } from './guards/veto.ts';
import { isYoungEnough, mayVary, type ServedEntry } from './serve-entry.ts';

/** A find by key, without anything that costs. */
export interface ByKey {
  served: ServedEntry | null;
  /** An answer past its time. */
  stale: CachedAnswer | null;
  /** Why nothing is served. */
  reason: string;
}

/** The same input, else a wording that is the same but for form or was learnt: by key. */
export async function findByKey(
  store: Pick<CacheStore, 'find'>,
  lookup: CacheLookup,
  now: number,
): Promise<ByKey> {
  const { scope, exactKey } = lookup;
  const { exact } = await store.find({ scope, exactKey, canon: null });
  if (exact && now < exact.exactUntil && isYoungEnough(exact, lookup, now)) {
    const reason = 'The same input was answered before.';
    return {
      served: { entry: exact, tier: 'exact', similarity: null, reason },
      stale: null,
      reason,
    };
  }
  const found = await findWording(store, lookup, now);
  return { ...found, stale: exact ?? found.stale };
}

/** Only after the text as it stands: that need not be read. */
async function findWording(
  store: Pick<CacheStore, 'find'>,
  lookup: CacheLookup,
  now: number,
): Promise<ByKey> {
  const canon = mayVary(lookup) ? lookup.question?.canon : null;
  if (typeof canon !== 'string') return checkAlias(null, lookup, now);
  const { alias } = await store.find({ scope: lookup.scope, exactKey: '', canon });
  return checkAlias(alias, lookup, now);
}

function checkAlias(alias: CacheMatches['alias'], lookup: CacheLookup, now: number): ByKey {
  const { question } = lookup;
  if (!alias || !question) return { served: null, stale: null, reason: 'Nothing is kept for it.' };
  const { entry, text, source } = alias;
  const none = { served: null, stale: null };
  // Meaning of a question that points at something is not in its words: only a verdict may say so.
  if (source === 'own' && question.kind !== 'plain')
    return { ...none, reason: 'It points at something: only the same text is the same question.' };
  const veto = vetoOf(question.text, text, 'canonical');
  if (veto) return { ...none, reason: `"${text}" is close, but ${veto.why}.` };
  if (now >= entry.similarUntil)
    return { served: null, stale: entry, reason: 'What is kept for it is past its time.' };
  if (!isYoungEnough(entry, lookup, now))
    return { ...none, reason: 'What is kept for it is older than the caller wishes.' };
  const reason =
    source === 'own'
      ? `The same question but for form: "${text}".`
      : `A wording of a kept question, learnt before (${source}).`;
  return { served: { entry, tier: 'canonical', similarity: null, reason }, stale: null, reason };
}
