import type { Checks } from '../cache/checks.ts';
import { noteUse } from '../cache/note-use.ts';
import { answerText, judgeInline, type JudgeParts, type Odds } from '../cache/judge.ts';
import { mayVary, serveEntry, type ServedEntry } from '../cache/serve-entry.ts';
import {
  findSimilar,
  nothingSimilar,
  type SimilarEntries,
  type SimilarParts,
} from '../cache/similar.ts';
import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call, Layer } from '../core/call/call.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import type { CacheStore } from '../stores/ports/cache.ts';

export interface SimilarLayerParts {
  /** Null: there is no embedder, and nothing is found by similarity. */
  similar: SimilarParts | null;
  judge: JudgeParts;
  checks: Checks;
  store: Pick<CacheStore, 'used' | 'addVector'>;
  onError: (error: unknown) => void;
  now: () => number;
}

/**
 * Another wording of a cached question: by similarity, where the evidence allows it, else by a judge's
 * verdict. Both may cost a little, from the call's own budgets; a hit saves the rest.
 */
export function buildAnswerFromSimilar(parts: SimilarLayerParts): Layer {
  const odds: Odds = new Map();
  return async function answerFromSimilar(call, next) {
    const { cacheLookup: lookup } = call;
    if (!lookup || !mayLook(lookup)) return next(call);
    const { tool } = lookup;
    const similarEntries = await lookAround(parts, call, lookup);
    const found =
      similarEntries.served ?? (await judge(parts, odds, { call, lookup, tool, similarEntries }));
    if (found) {
      noteUse(parts, { call, lookup, served: found });
      return serveEntry(call, { tool, served: found, now: parts.now() });
    }
    if (call.meta.cache && similarEntries.reason !== '')
      call.meta.cache.reason = similarEntries.reason;
    const outcome = await next(call);
    if (outcome.ok) learn(parts, { call, lookup, similarEntries, output: outcome.output });
    return outcome;
  };
}

/** Lessons of a look are kept, and may leave tollgate: not for who wants nothing kept. */
const mayLook = (lookup: CacheLookup): boolean =>
  lookup.control.mayRead && lookup.control.mayStore && mayVary(lookup);

const lookAround = (
  { similar }: SimilarLayerParts,
  call: Call,
  lookup: CacheLookup,
): Promise<SimilarEntries> =>
  similar === null
    ? Promise.resolve(nothingSimilar('Nothing is kept for it.'))
    : findSimilar(similar, call, lookup);

interface SimilarLookup {
  call: Call;
  lookup: CacheLookup;
  tool: LlmTool;
  similarEntries: SimilarEntries;
}

function judge(
  { judge: parts, similar }: SimilarLayerParts,
  odds: Odds,
  looked: SimilarLookup,
): Promise<ServedEntry | null> {
  if (looked.lookup.policy.judge !== 'inline') return Promise.resolve(null);
  const index = similar?.embedder.index ?? null;
  return judgeInline(parts, odds, { ...looked, index });
}

/** The new answer is there to be found by similarity, and to check what might have been served. */
function learn(
  { similar, checks, store, onError }: SimilarLayerParts,
  { call, lookup, similarEntries, output }: Omit<SimilarLookup, 'tool'> & { output: unknown },
): void {
  if (!similar || !call.meta.cache?.stored) return;
  const { index, mayServe } = similar.embedder;
  const { vector: values, candidate, isSample } = similarEntries;
  if (values) store.addVector({ entry: call.id, index, values }).catch(onError);
  // A judge that is asked before the call goes on has said its verdict.
  if (!candidate || !isSample || !mayServe || lookup.policy.judge !== 'async') return;
  const answer = answerText(output, call.tool);
  checks.wouldBeHit({ call, lookup, ...candidate, index, answer });
}
