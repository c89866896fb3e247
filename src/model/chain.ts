import type { CallMeta } from '../core/call/call.ts';
import type { Plan } from '../core/call/plan.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import { openAllowance, type Allowance } from './allowance.ts';
import { estimateOf } from './estimate-of.ts';
import { backoffMs } from './backoff.ts';
import {
  firstDecision,
  isUnpaid,
  nextDecision,
  type RetryOptions,
  type RetryInput,
  type RetryDecision,
} from './retry-policy.ts';
import type { ModelRequest } from './provider.ts';
import type { ParsedReply } from './read-reply.ts';
import { breakerOpen, runAttempt, type Caller, type ModelParts } from './run-attempt.ts';

export interface ChainRequest extends Caller {
  plan: Plan;
  /** Meta to write into: attempts as they end, and at last who answered. */
  meta: Pick<CallMeta, 'attempts' | 'model' | 'degraded' | 'route'>;
  /** An attempt begins; what the models before it had written is void. `after` is why, if there was one. */
  onAttempt: (model: string, after: string | null) => void;
  /** Rejects where nobody can tell. */
  read: (reply: string) => Promise<ParsedReply>;
}

/** Course of the call so far. */
interface Course {
  /** Attempts that the call had made before, for something else. */
  before: number;
  allowance: Allowance;
  /** Attempts made, by model. */
  made: Map<string, number>;
  failure: ProblemError | null;
  /** The last failure of an attempt that was made. */
  modelFailure: ProblemError | null;
  /** The reply to be repaired, while and after it is. */
  repair: ModelRequest['repair'];
}

/**
 * Ask the models of a chain until one answers: one flat loop, in which each attempt is bought from
 * the allowance of the call and written into `meta.attempts` as it ends.
 * @returns what the answer says, in the shape asked for
 * @throws ProblemError of the last failure
 */
export async function askChain(parts: ModelParts, asked: ChainRequest): Promise<unknown> {
  const { plan, meta, signal } = asked;
  // Priced before asked: an unknown model anywhere in the chain fails before money is spent.
  for (const model of plan.models) parts.prices.facts(model);
  const allowance = openAllowance(plan.allowanceNanoUsd);
  const course: Course = {
    before: meta.attempts.length,
    allowance,
    made: new Map(),
    failure: null,
    modelFailure: null,
    repair: null,
  };
  let step = firstDecision(optionsOf(parts, asked, course));
  while (step.do === 'ask') {
    if (step.afterMs > 0) await pause(step.afterMs, signal);
    // Nothing is sent, so nothing is billed, for a caller who has gone already.
    if (signal.aborted) throw toProblem(signal.reason);
    const answer = await makeAttempt(parts, asked, { course, step });
    if (answer !== null) {
      meta.model = step.model;
      meta.degraded ||= step.model !== plan.models[0];
      return answer.output;
    }
    step = nextDecision(situationOf(parts, asked, { course, model: step.model }));
  }
  throw whyNobodyAnswered(course) ?? nobodyToAsk(parts, asked, course);
}

/** One attempt, booked and paid. @returns a reply that fits, or null with `course.failure` */
async function makeAttempt(
  parts: ModelParts,
  asked: ChainRequest,
  { course, step }: { course: Course; step: Extract<RetryDecision, { do: 'ask' }> },
): Promise<{ output: unknown } | null> {
  const { plan, meta } = asked;
  const { model, reason } = step;
  const repair = step.repair ? course.repair : null;
  const estimate = estimateOf(parts, plan, { model, repair });
  const { system, user } = plan.prompt;
  asked.onAttempt(model, course.failure?.code ?? null);
  const tried = await runAttempt(parts, asked, {
    reason,
    estimate,
    request: {
      model,
      system,
      user,
      maxOutputTokens: estimate.maxOutputTokens,
      replySchema: plan.replySchema,
      ...(plan.effort !== undefined && { effort: plan.effort }),
      cacheSystem: estimate.cacheSystem,
      repair,
    },
  });
  course.failure = tried.problem;
  if (tried.record === null) {
    notePassedOver(meta, model, tried.problem);
    return null;
  }
  const { record, text } = tried;
  course.made.set(model, (course.made.get(model) ?? 0) + 1);
  course.allowance.spend(record.costNanoUsd);
  meta.attempts.push(record);
  course.modelFailure = tried.problem;
  if (tried.problem !== null) return null;
  const read = await asked.read(text);
  if (read.ok) return read;
  const { complaint } = read;
  record.outcome = 'invalid';
  record.errorCode = 'invalid_output';
  course.repair ??= { reply: text, complaint };
  course.failure = problem('invalid_output', { detail: `${model}: ${complaint}` });
  course.modelFailure = course.failure;
  return null;
}

/** A failure at a model says more than that no budget paid for another try. */
function whyNobodyAnswered({ failure, modelFailure }: Course): ProblemError | null {
  if (failure === null || !isUnpaid(failure.code)) return failure;
  return modelFailure ?? failure;
}

const optionsOf = (parts: ModelParts, { plan }: ChainRequest, course: Course): RetryOptions => ({
  models: plan.models,
  contextTokens: (model) => parts.prices.facts(model).contextTokens,
  objection(model) {
    const repair = course.failure?.code === 'invalid_output' ? course.repair : null;
    const { inputTokens, worstNanoUsd } = estimateOf(parts, plan, { model, repair });
    if (!parts.breakers.of(model).wouldEnter()) return 'its breaker is open';
    if (inputTokens > parts.prices.facts(model).contextTokens)
      return 'the prompt is too long for it';
    return course.allowance.pays(worstNanoUsd)
      ? null
      : 'what is left of the allowance might not pay it';
  },
});

function situationOf(
  parts: ModelParts,
  asked: ChainRequest,
  { course, model }: { course: Course; model: string },
): RetryInput {
  const attempts = asked.meta.attempts.slice(course.before);
  const same = course.made.get(model) ?? 0;
  return {
    ...optionsOf(parts, asked, course),
    failed: {
      model,
      code: course.failure?.code ?? 'internal_error',
      retryAfterMs: course.failure?.details.retryAfterMs ?? null,
      isFinal: course.failure?.details.sameModelMayHelp === false,
    },
    made: { all: attempts.length, same },
    mended: attempts.filter(({ outcome }) => outcome === 'invalid').length > 1,
    mostAttempts: parts.mostAttempts,
    timeLeftMs: asked.endBy - parts.now(),
    backoffMs: backoffMs({
      failed: Math.max(1, same),
      usdPerMillionOutput: parts.prices.pricesAt(model, parts.now()).output,
      random: parts.random,
    }),
  };
}

/** Part of how the model was chosen, where no attempt could be made. */
function notePassedOver(
  { route }: Pick<CallMeta, 'route'>,
  model: string,
  { code }: ProblemError,
): void {
  if (route) route.reason += ` ${model} was passed over: ${code}.`;
}

/** Not one model could even be asked: too long a prompt, or all of them down. */
function nobodyToAsk(parts: ModelParts, { plan }: ChainRequest, course: Course): ProblemError {
  const [first = ''] = plan.models;
  const down = plan.models.filter((model) => !parts.breakers.of(model).wouldEnter());
  if (down.length === 0) {
    const objection = optionsOf(parts, { plan } as ChainRequest, course).objection(first) ?? '';
    return problem('context_exceeded', { detail: `No model can be asked: ${objection}.` });
  }
  const problems = down.map((model) => breakerOpen(parts, model));
  const soonest = problems.toSorted(
    (a, b) => (a.details.retryAfterMs ?? Infinity) - (b.details.retryAfterMs ?? Infinity),
  );
  return soonest[0] ?? breakerOpen(parts, first);
}

/** Ends early, without a throw, when the call does. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
