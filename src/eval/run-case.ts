import type { Call, CallRequest, Ended, Labels } from '../call/call.ts';
import type { Principal } from '../call/principal.ts';
import { promptTokens, totalCostNanoUsd, totalUsage } from '../call/usage.ts';
import type { EvalScore } from '../stores/prompt-port.ts';
import type { ReadyCase } from './check-cases.ts';
import { grade, type Graded, type GraderParts } from './graders/grade.ts';

export interface CaseParts extends GraderParts {
  /** Sends a call down the road that all calls take. Never rejects. */
  invoke: (request: CallRequest) => Promise<Ended>;
  principal: Principal;
}

/** How a case went, with what the store does not keep. */
export interface CaseResult {
  score: EvalScore;
  /** The score says nothing of the prompt: there was no answer by a model, or a grader failed. */
  isFailed: boolean;
  /** Answered by another model or more shortly than usual. */
  isDegraded: boolean;
}

interface Asked {
  /** Version of the prompt that answers, `faq@v2`. */
  wish: string;
  evalCase: ReadyCase;
  signal: AbortSignal;
}

/** One case answered by one version, and graded; null when it was stopped. Never rejects. */
export async function runCase(parts: CaseParts, asked: Asked): Promise<CaseResult | null> {
  const { evalCase, signal } = asked;
  const isStopped = (): boolean => signal.aborted;
  const ended = await parts.invoke(toRequest(parts.principal, asked));
  // Whatever came: it is not known what would have come.
  if (isStopped()) return null;
  const graded = await gradeEnd(parts, ended, { evalCase, signal });
  return isStopped() ? null : toResult(evalCase.name, ended.call, graded);
}

/** What evaluations cost is told apart. A key with a feature of its own may not claim another. */
export const evalLabels = ({ labels }: Principal): Labels => ({
  feature: labels.feature === null ? 'eval' : null,
  user: null,
  team: null,
});

const toRequest = (principal: Principal, { wish, evalCase, signal }: Asked): CallRequest => ({
  toolName: evalCase.tool,
  input: evalCase.input,
  principal,
  labels: evalLabels(principal),
  idempotencyKey: null,
  // No kept answer says anything of the version that is asked now, nor is this one for others.
  cacheControl: 'no-cache, no-store',
  promptWish: wish,
  front: 'cli',
  signal,
  emit: () => undefined,
});

async function gradeEnd(
  parts: CaseParts,
  ended: Ended,
  { evalCase, signal }: Pick<Asked, 'evalCase' | 'signal'>,
): Promise<Graded> {
  const failed = { score: 0, costNanoUsd: 0, isFailed: true };
  if (!ended.ok) {
    const { code, message } = ended.problem;
    return { ...failed, detail: `${code}: ${message}` };
  }
  const { servedBy } = ended.call.meta;
  if (servedBy !== 'model') return { ...failed, detail: `no model answered, but ${servedBy}` };
  const { input, graders } = evalCase;
  return grade(parts, graders, { input, output: ended.output, signal });
}

function toResult(name: string, { id, meta }: Call, graded: Graded): CaseResult {
  const usage = totalUsage(meta);
  const score: EvalScore = {
    name,
    call: id,
    score: graded.score,
    costNanoUsd: totalCostNanoUsd(meta) + graded.costNanoUsd,
    latencyMs: meta.latencyMs,
    inputTokens: promptTokens(usage),
    outputTokens: usage.output,
    model: meta.model,
    detail: graded.detail,
  };
  return { score, isFailed: graded.isFailed, isDegraded: meta.degraded };
}
