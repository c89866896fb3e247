import { hash } from 'node:crypto';
import type { CacheAsk } from '../core/call/cache-lookup.ts';
import type { CacheBook, Entry, EvidenceKey, ServingState } from '../stores/ports/cache.ts';
import { KEY_VERSION } from './canonical/read-question.ts';
import { isLookDue, look, mustClose, WINDOW, type ServingRule } from './evidence/review.ts';
import { GUARDS_VERSION } from './guards/veto.ts';

/** What found a pair; its labels count for that alone. */
export interface Pair {
  ask: CacheAsk;
  entry: Entry;
  /** Version of the embedder, or of the canonical key. */
  index: string;
  similarity: number;
}

/** Whether a class may serve by nearness, as far as evidence goes, and how evidence is added. */
export interface Serving {
  /** Cosine from which on its hits are served; null: none are. */
  threshold(ask: CacheAsk, index: string): Promise<number | null>;
  /** A verdict on a pair that was, or would have been, served. */
  learn(pair: Pair, verdict: { same: boolean; judge: string }): Promise<void>;
}

/** A change of guards or key starts the evidence anew. */
const RULES = `${KEY_VERSION} ${GUARDS_VERSION}`;
/** Another process may have opened or closed a class. */
const FRESH_MS = 5_000;

export const keyOf = (ask: CacheAsk, index: string): EvidenceKey => ({
  class: ask.class,
  index,
  rules: RULES,
});

export function buildServing(
  book: Pick<CacheBook, 'label' | 'labels' | 'state' | 'saveState'>,
  rule: ServingRule,
  now: () => number,
): Serving {
  const known = new Map<string, { state: ServingState | null; at: number }>();

  const stateOf = async (key: EvidenceKey): Promise<ServingState | null> => {
    const id = `${key.class} ${key.index}`;
    const remembered = known.get(id);
    if (remembered && now() - remembered.at < FRESH_MS) return remembered.state;
    const state = await book.state(key);
    known.set(id, { state, at: now() });
    return state;
  };

  return {
    async threshold(ask, index) {
      const state = await stateOf(keyOf(ask, index));
      return state?.state === 'serving' ? state.threshold : null;
    },

    async learn({ ask, entry, index, similarity }, { same, judge }) {
      const key = keyOf(ask, index);
      const pair = hash('sha256', `${ask.scope}\n${ask.question?.canon ?? ''}\n${entry.id}`, 'hex');
      await book.label({ ...key, pair, similarity, same, judge, at: now() });
      const [labels, before] = await Promise.all([book.labels(key, WINDOW), book.state(key)]);
      const closes = before !== null && mustClose(labels, before, rule);
      if (!closes && !isLookDue(before, labels.length, now())) return;
      const state = look(labels, before, { ...rule, now: now() });
      await book.saveState(key, state);
      known.delete(`${key.class} ${key.index}`);
    },
  };
}
