import type { Call, CallRequest, Ended, Labels } from '../core/call/call.ts';
import type { Principal } from '../core/call/principal.ts';
import { promptTokens, totalCostNanoUsd, totalUsage } from '../core/call/usage.ts';
import type { EvalScore } from '../stores/ports/prompts.ts';
import type { ReadyCase } from './check-cases.ts';
import { grade, type GraderParts } from './graders/grade.ts';
import type { Code } from '../errors/codes.ts';

export interface CaseParts extends GraderParts {
  /** Sends a call through the pipeline that all calls take. Never rejects. */
  invoke: (request: CallRequest) => Promise<Ended>;
  principal: Principal;
}

/**
 * graded: the score is that of the answer. failed: the model gave none, which a prompt can bring about: it
 * counts as 0. missing: there is no score, and that says nothing of the prompt. stopped: it was cut short.
 */
type CaseVerdict = 'graded' | 'failed' | 'missing' | 'stopped';

/** Result of a case, with parts that are not stored. */
export interface CaseResult {
  /** Its score counts where the verdict says so; what was spent always. */
  score: EvalScore;
  verdict: CaseVerdict;
  /** Why there is no answer or no grade, in a word: a code. Null where there is one. */
  reason: string | null;
  /** Answered by another model or more shortly than usual. */
  isDegraded: boolean;
}

interface CaseRequest {
  /** Version of the prompt that answers, `faq@v2`. */
  wish: string;
  /** Of its content. */
  hash: string;
  evalCase: ReadyCase;
  signal: AbortSignal;
}

type CaseOutcome = Pick<CaseResult, 'verdict' | 'reason'> &
  Pick<EvalScore, 'score' | 'costNanoUsd' | 'detail'>;

/** One case answered by one version, and graded. Never rejects. */
export async function runCase(parts: CaseParts, asked: CaseRequest): Promise<CaseResult> {
  const { evalCase, signal } = asked;
  const ended = await parts.invoke(toRequest(parts.principal, asked));
  const outcome = signal.aborted ? CUT_SHORT : await gradeEnd(parts, ended, asked);
  // A stopped case has no known outcome; its cost is known.
  const { costNanoUsd } = outcome;
  const known = signal.aborted ? { ...CUT_SHORT, costNanoUsd } : outcome;
  return toResult(evalCase.name, ended.call, known);
}

/** Labels to tell evaluations apart in costs. A key with its own feature may claim no other. */
export const evalLabels = ({ labels }: Principal): Labels => ({
  feature: labels.feature === null ? 'eval' : null,
  user: null,
  team: null,
});

const toRequest = (principal: Principal, { wish, evalCase, signal }: CaseRequest): CallRequest => ({
  toolName: evalCase.tool,
  input: evalCase.input,
  principal,
  labels: evalLabels(principal),
  idempotencyKey: null,
  // No cached answer says anything of the version that is asked now, nor is this one for others.
  cacheControl: 'no-cache, no-store',
  promptWish: wish,
  front: 'cli',
  signal,
  emit: () => undefined,
});

const NOTHING = { score: 0, costNanoUsd: 0 };

const CUT_SHORT: CaseOutcome = { ...NOTHING, verdict: 'stopped', reason: 'cancelled', detail: '' };

async function gradeEnd(
  parts: CaseParts,
  ended: Ended,
  { evalCase, signal, hash }: CaseRequest,
): Promise<CaseOutcome> {
  const without = withoutAnswer(ended, hash);
  if (without) return without;
  const { input, graders } = evalCase;
  const output = ended.ok ? ended.output : null;
  const { isFailed, ...graded } = await grade(parts, graders, { input, output, signal });
  return isFailed
    ? { ...graded, score: 0, verdict: 'missing', reason: 'not_graded' }
    : { ...graded, verdict: 'graded', reason: null };
}

/** Outcome of a call without an answer of the version that was asked; null: it has one. */
function withoutAnswer(ended: Ended, hash: string): CaseOutcome | null {
  const { servedBy, prompt } = ended.call.meta;
  if (!ended.ok) {
    const { code, message } = ended.problem;
    const verdict = isOfThePrompt(code) ? 'failed' : 'missing';
    return { ...NOTHING, verdict, reason: code, detail: `${code}: ${message}` };
  }
  const missing = { ...NOTHING, verdict: 'missing' } as const;
  if (servedBy !== 'model')
    return { ...missing, reason: servedBy, detail: `no model answered, but ${servedBy}` };
  if (prompt !== null && prompt.hash !== hash)
    return { ...missing, reason: 'prompt_changed', detail: 'the version was edited meanwhile' };
  return null;
}

function toResult(name: string, { id, meta }: Call, outcome: CaseOutcome): CaseResult {
  const usage = totalUsage(meta);
  const score: EvalScore = {
    name,
    call: id,
    score: outcome.score,
    costNanoUsd: totalCostNanoUsd(meta) + outcome.costNanoUsd,
    latencyMs: meta.latencyMs,
    inputTokens: promptTokens(usage),
    outputTokens: usage.output,
    model: meta.model,
    detail: outcome.detail,
  };
  const { verdict, reason } = outcome;
  return { score, verdict, reason, isDegraded: meta.degraded };
}

/**
 * Codes that calls end with because of the prompt. All else is no fault of a version: no money, no
 * model, no time of others.
 */
const OF_THE_PROMPT: ReadonlySet<Code> = new Set<Code>([
  'invalid_output',
  'output_truncated',
  'model_refused',
  'model_rejected',
  'context_exceeded',
  'deadline_exceeded',
]);

/** Whether a problem counts as a bad answer. */
const isOfThePrompt = (code: Code): boolean => OF_THE_PROMPT.has(code);
