import type { JudgeInput } from '../../schemas/tools/judge-same-answer.ts';
import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheStore, CachedAnswer } from '../stores/ports/cache.ts';
import { KEY_VERSION } from './canonical/read-question.ts';
import { answerOf, type JudgeVerdict } from './judge.ts';
import type { ServedEntry } from './serve-entry.ts';
import type { SimilarityGate } from './similarity-gate.ts';

export interface HitCheckParts {
  store: Pick<CacheStore, 'addNegative'>;
  gate: Pick<SimilarityGate, 'learn'>;
  /** A call of its own, on behalf of the principal, with its own row. Null: there is no verdict. */
  judgeLater: (call: Call, input: JudgeInput) => Promise<JudgeVerdict | null>;
  /** Runs it when there is time, or not at all when too much waits. */
  inBackground: (task: () => Promise<void>) => void;
  /** Share of hits by another wording that are checked. */
  hitShare: number;
  random: () => number;
}

/** A pair that was, or would have been, served. */
interface HitToCheck {
  call: Call;
  lookup: CacheLookup;
  entry: CachedAnswer;
  index: string;
  similarity: number;
  /** The new answer, where there is one. */
  answer?: string;
}

/** Verdicts off the caller's path: evidence on what is served, and on what might be. */
export interface Checks {
  /** After a miss, when something near would have been served had its class been open. */
  wouldBeHit(doubt: HitToCheck): void;
  /** After a hit by another wording, now and then. */
  hit(call: Call, lookup: CacheLookup, served: ServedEntry): void;
}

export function buildChecks(parts: HitCheckParts): Checks {
  const { store, gate, judgeLater, inBackground, hitShare, random } = parts;

  async function settle({
    call,
    lookup,
    entry,
    index,
    similarity,
    answer,
  }: HitToCheck): Promise<void> {
    const { question, scope } = lookup;
    if (typeof question?.canon !== 'string') return;
    const candidate = { question: entry.question ?? '', answer: answerOf(entry, call.tool) };
    const input = { question: question.text, candidates: [candidate] };
    const verdict = await judgeLater(call, answer === undefined ? input : { ...input, answer });
    // There is one candidate: another number tells nothing.
    if (!verdict?.sure || (verdict.same !== null && verdict.same !== 1)) return;
    const same = verdict.same === 1;
    const wording = { scope, canon: question.canon, text: question.text, entry: entry.id };
    if (!same) await store.addNegative({ ...wording, source: 'check' });
    await gate.learn({ lookup, entry, index, similarity }, { same, judge: verdict.judge });
  }

  return {
    wouldBeHit(doubt) {
      inBackground(() => settle(doubt));
    },
    hit(call, lookup, { entry, tier }) {
      const { judge = 'off' } = lookup.policy;
      if (tier !== 'canonical' || judge === 'off' || random() >= hitShare) return;
      inBackground(() => settle({ call, lookup, entry, index: KEY_VERSION, similarity: 1 }));
    },
  };
}
