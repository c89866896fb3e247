import type { Code } from '../errors/codes.ts';

/** The next thing to do in a call: ask a model, or give up. */
export type RetryDecision =
  | {
      do: 'ask';
      model: string;
      afterMs: number;
      /** Why this model at this point, for the ledger. */
      reason: string;
      /** Ask the same model to answer again in the right shape. */
      repair: boolean;
    }
  | { do: 'stop' };

/** Models that could be asked now. */
export interface RetryOptions {
  /** The chain, first choice first. */
  models: readonly string[];
  /** Why a model cannot be asked now, in a few words; null if it can. */
  objection: (model: string) => string | null;
  /** Tokens that a model can hold. */
  contextTokens: (model: string) => number;
}

/** Input to the decision after a failure, besides the options. */
export interface RetryInput extends RetryOptions {
  failed: {
    model: string;
    code: Code;
    /** Wait the provider asked for, milliseconds. */
    retryAfterMs: number | null;
    /** It asked not to be sent the same request again. */
    isFinal: boolean;
  };
  /** Attempts made in this call: all, and those at the model that failed. */
  made: { all: number; same: number };
  /** Whether a model was asked already to repair its reply. */
  mended: boolean;
  /** Most attempts that a call may make. */
  mostAttempts: number;
  timeLeftMs: number;
  /** Time to leave the model that failed alone before it is asked again. */
  backoffMs: number;
}

/** Failures of one attempt that another may not meet. */
const PASSING: ReadonlySet<Code> = new Set([
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
  'model_timeout',
  'model_paused',
  'overloaded',
]);

/** Refusals by budgets: a cheaper model may be paid for. */
const UNPAID: ReadonlySet<Code> = new Set([
  'budget_spent',
  'budget_too_small',
  'budget_held',
  'rate_limited',
]);

export const isUnpaid = (code: Code): boolean => UNPAID.has(code);

/** Of the passing ones, those over which the same model is asked again: what is slow or full stays so for a while. */
const SAME_MAY_HELP: ReadonlySet<Code> = new Set([
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
  'model_paused',
]);

/** A model is asked no more than twice. */
const MOST_AT_ONE_MODEL = 2;

/** Longer than this nobody waits for a model while another could answer at once. */
const PATIENCE_MS = 1_500;

/** With less time than this an attempt cannot end well. */
const SHORTEST_ATTEMPT_MS = 100;

/** Start of a call: the first model of its chain that can be asked. */
export function firstDecision(options: RetryOptions): RetryDecision {
  const { model, passedOver } = pick(options.models, options.objection);
  return model === null
    ? { do: 'stop' }
    : go(model, `${passedOver === '' ? 'The first' : 'The best left'} of the chain.${passedOver}`);
}

/**
 * Decide after a failure: repair, the same model again, the next one, or stop. One flat decision
 * for the whole call: nothing below it retries, so attempts never multiply.
 */
export function nextDecision(situation: RetryInput): RetryDecision {
  const { failed, made, mostAttempts, timeLeftMs, models, objection, contextTokens } = situation;
  if (made.all >= mostAttempts || timeLeftMs < SHORTEST_ATTEMPT_MS) return { do: 'stop' };
  if (failed.code === 'invalid_output') return repair(situation);
  const later = models.slice(models.indexOf(failed.model) + 1);
  if (failed.code === 'context_exceeded') {
    const held = contextTokens(failed.model);
    return goOn(
      situation,
      later.filter((model) => contextTokens(model) > held),
    );
  }
  if (isUnpaid(failed.code)) return goOn(situation, later);
  if (!PASSING.has(failed.code)) return { do: 'stop' };
  const hasNext = pick(later, objection).model !== null;
  return askAgain(situation, hasNext) ?? goOn(situation, later);
}

const go = (model: string, reason: string): RetryDecision => ({
  do: 'ask',
  model,
  afterMs: 0,
  reason,
  repair: false,
});

function repair({ failed: { model }, mended, objection }: RetryInput): RetryDecision {
  if (mended || objection(model) !== null) return { do: 'stop' };
  return {
    ...go(model, `Asked to mend its reply, which had the wrong shape.`),
    repair: true,
  } as RetryDecision;
}

/** The next model that can be asked. */
function goOn({ failed, objection }: RetryInput, later: readonly string[]): RetryDecision {
  const { model, passedOver } = pick(later, objection);
  if (model === null) return { do: 'stop' };
  return go(model, `The next of the chain, after ${failed.code} of ${failed.model}.${passedOver}`);
}

/** The first model without an objection, and a sentence on each one before it. */
function pick(
  models: readonly string[],
  objection: RetryOptions['objection'],
): { model: string | null; passedOver: string } {
  let passedOver = '';
  for (const model of models) {
    const why = objection(model);
    if (why === null) return { model, passedOver };
    passedOver += ` ${model} was passed over: ${why}.`;
  }
  return { model: null, passedOver };
}

/** The same model once more, if that pays: in money, and in time against going on to the next. */
function askAgain(situation: RetryInput, hasNext: boolean): RetryDecision | null {
  const { failed, made, timeLeftMs, backoffMs, objection } = situation;
  const { model, code } = failed;
  if (failed.isFinal || !SAME_MAY_HELP.has(code) || made.same >= MOST_AT_ONE_MODEL) return null;
  const afterMs = Math.max(backoffMs, failed.retryAfterMs ?? 0);
  const inTime = timeLeftMs - SHORTEST_ATTEMPT_MS;
  if (afterMs > (hasNext ? Math.min(PATIENCE_MS, inTime) : inTime)) return null;
  if (objection(model) !== null) return null;
  return {
    ...go(model, `The same again after ${code}, ${String(afterMs)} ms later.`),
    afterMs,
  } as RetryDecision;
}
