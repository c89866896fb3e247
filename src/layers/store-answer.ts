import { toEntry, whyNotKept } from '../cache/admission.ts';
import type { Layer } from '../core/call/call.ts';
import type { CacheBook, NewEntry } from '../stores/ports/cache.ts';

export interface KeepParts {
  book: Pick<CacheBook, 'keep'>;
  /** Most of one scope. */
  most: { entries: number; bytes: number };
  /** How long past its time an answer is kept for calls that no model answers, milliseconds. */
  staleMs: number;
  onError: (error: unknown) => void;
  now: () => number;
}

/** A whole answer by the model that was wanted is kept for the next who asks. */
export const buildKeepAnswer = (parts: KeepParts): Layer =>
  async function keepAnswer(call, next) {
    const outcome = await next(call);
    const { cacheAsk: ask, meta } = call;
    if (!ask || !meta.cache) return outcome;
    const refusal = whyNotKept(outcome, call, ask);
    if (refusal !== null || !outcome.ok) {
      meta.cache.reason += ` Not kept: ${refusal ?? ''}.`;
      return outcome;
    }
    const { now, staleMs } = parts;
    meta.cache.stored = await keep(
      parts,
      toEntry(outcome.output, { call, ask, now: now(), staleMs }),
    );
    if (meta.cache.stored) meta.cache.entry = call.id;
    return outcome;
  };

/** The answer is whole whether it can be kept or not. */
async function keep({ book, most, onError }: KeepParts, entry: NewEntry): Promise<boolean> {
  try {
    await book.keep(entry, most);
    return true;
  } catch (error) {
    onError(error);
    return false;
  }
}
