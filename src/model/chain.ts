import type { ProblemError } from '../errors/problem.ts';
import type { Code } from '../errors/codes.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { CallMeta } from '../call/call.ts';
import { attempt, type AttemptParts } from './attempt.ts';
import type { ModelRequest } from './provider.ts';

/** Failures that say nothing against the next model. */
const NEXT_MODEL_MAY_HELP: ReadonlySet<Code> = new Set([
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
]);

export interface Asked {
  request: Omit<ModelRequest, 'model'>;
  /** Models to try, best first; never empty. */
  models: readonly string[];
  signal: AbortSignal;
  meta: CallMeta;
  onText: (text: string) => void | Promise<void>;
}

/**
 * Ask the models of a chain in turn until one answers. Each attempt is written into `meta.attempts`
 * as it ends. The next model is tried only while the caller has seen no text.
 * @returns the whole text of the answer
 * @throws ProblemError of the last attempt
 */
export async function askChain(parts: AttemptParts, asked: Asked): Promise<string> {
  let failure: ProblemError | null = null;
  // Priced before asked: an unknown model anywhere in the chain fails before money is spent.
  for (const model of asked.models) parts.prices.facts(model);
  for (const model of asked.models) {
    // Nothing is sent, so nothing is billed, for a caller who has gone already.
    if (asked.signal.aborted) throw toProblem(asked.signal.reason);
    const result = await attempt(parts, { ...asked.request, model }, asked);
    asked.meta.attempts.push(result.record);
    if (result.problem === null) {
      asked.meta.model = model;
      asked.meta.degraded = model !== asked.models[0];
      return result.text;
    }
    failure = result.problem;
    if (!NEXT_MODEL_MAY_HELP.has(failure.code) || result.text !== '') break;
  }
  throw failure ?? new Error('the chain of models is empty');
}
