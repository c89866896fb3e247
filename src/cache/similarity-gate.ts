import { hash } from 'node:crypto';
import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { CacheStore, CachedAnswer, EvidenceKey, ServingState } from '../stores/ports/cache.ts';
import { KEY_VERSION } from './canonical/read-question.ts';
import { isReviewDue, review, shouldStop, WINDOW, type ServingRule } from './evidence/review.ts';
import { GUARDS_VERSION } from './guards/veto.ts';

/** Source of a pair; its labels count for that alone. */
export interface CandidatePair {
  lookup: CacheLookup;
  entry: CachedAnswer;
  /** Version of the embedder, or of the canonical key. */
  index: string;
  similarity: number;
}

/** Whether a class may serve by similarity, as far as evidence goes, and how evidence is added. */
export interface SimilarityGate {
  /** Cosine from which on its hits are served; null: none are. */
  threshold(lookup: CacheLookup, index: string): Promise<number | null>;
  /** A verdict on a pair that was, or would have been, served. */
  learn(pair: CandidatePair, verdict: { same: boolean; judge: string }): Promise<void>;
}

/** A change of guards or key starts the evidence anew. */
const RULES = `${KEY_VERSION} ${GUARDS_VERSION}`;
/** Another process may have opened or closed a class. */
const FRESH_MS = 5_000;

export const keyOf = (lookup: CacheLookup, index: string): EvidenceKey => ({
  class: lookup.class,
  index,
  rules: RULES,
});

export function buildSimilarityGate(
  store: Pick<CacheStore, 'label' | 'labels' | 'state' | 'saveState'>,
  rule: ServingRule,
  now: () => number,
): SimilarityGate {
  const known = new Map<string, { state: ServingState | null; at: number }>();

  const stateOf = async (key: EvidenceKey): Promise<ServingState | null> => {
    const id = `${key.class} ${key.index}`;
    const remembered = known.get(id);
    if (remembered && now() - remembered.at < FRESH_MS) return remembered.state;
    const state = await store.state(key);
    known.set(id, { state, at: now() });
    return state;
  };

  return {
    async threshold(lookup, index) {
      const state = await stateOf(keyOf(lookup, index));
      return state?.state === 'serving' ? state.threshold : null;
    },

    async learn({ lookup, entry, index, similarity }, { same, judge }) {
      const key = keyOf(lookup, index);
      const pair = hash(
        'sha256',
        `${lookup.scope}\n${lookup.question?.canon ?? ''}\n${entry.id}`,
        'hex',
      );
      await store.label({ ...key, pair, similarity, same, judge, at: now() });
      const [labels, before] = await Promise.all([store.labels(key, WINDOW), store.state(key)]);
      const closes = before !== null && shouldStop(labels, before, rule);
      if (!closes && !isReviewDue(before, labels.length, now())) return;
      const state = review(labels, before, { ...rule, now: now() });
      await store.saveState(key, state);
      known.delete(`${key.class} ${key.index}`);
    },
  };
}
