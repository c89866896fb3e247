import { toEntry, whyNotStored } from '../cache/admission.ts';
import type { Layer } from '../core/call/call.ts';
import type { CacheStore, NewCachedAnswer } from '../stores/ports/cache.ts';

export interface StoreAnswerParts {
  store: Pick<CacheStore, 'keep'>;
  /** Most of one scope. */
  most: { entries: number; bytes: number };
  /** Time past its own that an answer is kept for calls no model answers, milliseconds. */
  staleMs: number;
  onError: (error: unknown) => void;
  now: () => number;
}

/** A whole answer by the model that was wanted is kept for the next who asks. */
export const buildStoreAnswer = (parts: StoreAnswerParts): Layer =>
  async function storeAnswer(call, next) {
    const outcome = await next(call);
    const { cacheLookup: lookup, meta } = call;
    if (!lookup || !meta.cache) return outcome;
    const refusal = whyNotStored(outcome, call, lookup);
    if (refusal !== null || !outcome.ok) {
      meta.cache.reason += ` Not kept: ${refusal ?? ''}.`;
      return outcome;
    }
    const { now, staleMs } = parts;
    meta.cache.stored = await keep(
      parts,
      toEntry(outcome.output, { call, lookup, now: now(), staleMs }),
    );
    if (meta.cache.stored) meta.cache.entry = call.id;
    return outcome;
  };

/** The answer is whole whether it can be kept or not. */
async function keep(
  { store, most, onError }: StoreAnswerParts,
  entry: NewCachedAnswer,
): Promise<boolean> {
  try {
    await store.keep(entry, most);
    return true;
  } catch (error) {
    onError(error);
    return false;
  }
}
