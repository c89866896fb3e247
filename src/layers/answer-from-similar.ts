import type { Checks } from '../cache/checks.ts';
import { noteUse } from '../cache/note-use.ts';
import { answerText, judgeInline, type JudgeParts, type Odds } from '../cache/judge.ts';
import { mayVary, serve, type Served } from '../cache/serve-entry.ts';
import { findSimilar, nothingNear, type Nearby, type SimilarParts } from '../cache/similar.ts';
import type { CacheAsk } from '../core/call/cache-lookup.ts';
import type { Call, Layer } from '../core/call/call.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import type { CacheBook } from '../stores/ports/cache.ts';

export interface SimilarLayerParts {
  /** Null: there is no embedder, and nothing is found by nearness. */
  similar: SimilarParts | null;
  judge: JudgeParts;
  checks: Checks;
  book: Pick<CacheBook, 'used' | 'addVector'>;
  onError: (error: unknown) => void;
  now: () => number;
}

/**
 * Another wording of a kept question: by nearness, where the evidence allows it, else by a judge's
 * verdict. Both may cost a little, from the call's own budgets; a hit saves the rest.
 */
export function buildAnswerFromSimilar(parts: SimilarLayerParts): Layer {
  const odds: Odds = new Map();
  return async function answerFromSimilar(call, next) {
    const { cacheAsk: ask, tool } = call;
    if (tool?.kind !== 'llm' || !ask || !mayLook(ask)) return next(call);
    const nearby = await lookAround(parts, call, ask);
    const found = nearby.served ?? (await judge(parts, odds, { call, ask, tool, nearby }));
    if (found) {
      noteUse(parts, { call, ask, served: found });
      return serve(call, { tool, served: found, now: parts.now() });
    }
    if (call.meta.cache && nearby.reason !== '') call.meta.cache.reason = nearby.reason;
    const outcome = await next(call);
    if (outcome.ok) learn(parts, { call, ask, nearby, output: outcome.output });
    return outcome;
  };
}

/** What a look teaches is kept, and may leave the house: not for who wants nothing kept. */
const mayLook = (ask: CacheAsk): boolean =>
  ask.control.mayRead && ask.control.mayStore && mayVary(ask);

const lookAround = ({ similar }: SimilarLayerParts, call: Call, ask: CacheAsk): Promise<Nearby> =>
  similar === null
    ? Promise.resolve(nothingNear('Nothing is kept for it.'))
    : findSimilar(similar, call, ask);

interface Looked {
  call: Call;
  ask: CacheAsk;
  tool: LlmTool;
  nearby: Nearby;
}

function judge(
  { judge: parts, similar }: SimilarLayerParts,
  odds: Odds,
  looked: Looked,
): Promise<Served | null> {
  if (looked.ask.policy.judge !== 'inline') return Promise.resolve(null);
  const index = similar?.embedder.index ?? null;
  return judgeInline(parts, odds, { ...looked, index });
}

/** The new answer is there to be found by nearness, and to check what might have been served. */
function learn(
  { similar, checks, book, onError }: SimilarLayerParts,
  { call, ask, nearby, output }: Omit<Looked, 'tool'> & { output: unknown },
): void {
  if (!similar || !call.meta.cache?.stored) return;
  const { index, mayServe } = similar.embedder;
  const { vector: values, candidate, isSample } = nearby;
  if (values) book.addVector({ entry: call.id, index, values }).catch(onError);
  // A judge that is asked before the call goes on has said its verdict.
  if (!candidate || !isSample || !mayServe || ask.policy.judge !== 'async') return;
  const answer = answerText(output, call.tool);
  checks.wouldBeHit({ call, ask, ...candidate, index, answer });
}
