import type { JudgeInput } from '../../schemas/tools/judge-same-answer.ts';
import type { CacheAsk } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheBook, Entry } from '../stores/ports/cache.ts';
import { KEY_VERSION } from './canonical/read-question.ts';
import { answerOf, type Verdict } from './judge.ts';
import type { Served } from './serve-entry.ts';
import type { Serving } from './similarity-gate.ts';

export interface CheckParts {
  book: Pick<CacheBook, 'addNegative'>;
  serving: Pick<Serving, 'learn'>;
  /** A call of its own, on behalf of the principal, with its own row. Null: there is no verdict. */
  judgeLater: (call: Call, input: JudgeInput) => Promise<Verdict | null>;
  /** Runs it when there is time, or not at all when too much waits. */
  inBackground: (task: () => Promise<void>) => void;
  /** Share of hits by another wording that are checked. */
  hitShare: number;
  random: () => number;
}

/** A pair that was, or would have been, served. */
interface Doubt {
  call: Call;
  ask: CacheAsk;
  entry: Entry;
  index: string;
  similarity: number;
  /** The new answer, where there is one. */
  answer?: string;
}

/** Verdicts off the caller's path: evidence on what is served, and on what might be. */
export interface Checks {
  /** After a miss, when something near would have been served had its class been open. */
  wouldBeHit(doubt: Doubt): void;
  /** After a hit by another wording, now and then. */
  hit(call: Call, ask: CacheAsk, served: Served): void;
}

export function buildChecks(parts: CheckParts): Checks {
  const { book, serving, judgeLater, inBackground, hitShare, random } = parts;

  async function settle({ call, ask, entry, index, similarity, answer }: Doubt): Promise<void> {
    const { question, scope } = ask;
    if (typeof question?.canon !== 'string') return;
    const candidate = { question: entry.question ?? '', answer: answerOf(entry, call.tool) };
    const input = { question: question.text, candidates: [candidate] };
    const verdict = await judgeLater(call, answer === undefined ? input : { ...input, answer });
    // There is one candidate: another number tells nothing.
    if (!verdict?.sure || (verdict.same !== null && verdict.same !== 1)) return;
    const same = verdict.same === 1;
    const wording = { scope, canon: question.canon, text: question.text, entry: entry.id };
    if (!same) await book.addNegative({ ...wording, source: 'check' });
    await serving.learn({ ask, entry, index, similarity }, { same, judge: verdict.judge });
  }

  return {
    wouldBeHit(doubt) {
      inBackground(() => settle(doubt));
    },
    hit(call, ask, { entry, tier }) {
      const { judge = 'off' } = ask.policy;
      if (tier !== 'canonical' || judge === 'off' || random() >= hitShare) return;
      inBackground(() => settle({ call, ask, entry, index: KEY_VERSION, similarity: 1 }));
    },
  };
}
