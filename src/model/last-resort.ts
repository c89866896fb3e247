import type { StaleAnswer } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { ReplyCheck } from '../core/call/reply-check.ts';
import type { Knowledge, LlmTool } from '../core/tool/define-tool.ts';
import type { Code } from '../errors/codes.ts';
import type { ProblemError } from '../errors/problem.ts';

/** Ends of a chain that are nobody's wish: better a plain answer than none. */
const NO_MODEL_COULD: ReadonlySet<Code> = new Set([
  'model_unavailable',
  'model_rate_limited',
  'model_spend_limit',
  'model_stream_broken',
  'model_timeout',
  'model_paused',
  'deadline_exceeded',
]);

interface Failed {
  tool: LlmTool;
  call: Call;
  problem: ProblemError;
  knowledge: Knowledge;
  check: ReplyCheck;
}

/** A cached answer past its time, where it is better than the problem: not after text has been sent. */
export function staleInstead(call: Call, problem: ProblemError): StaleAnswer | null {
  if (call.meta.partial !== null || call.signal.aborted) return null;
  return NO_MODEL_COULD.has(problem.code) ? (call.stale ?? null) : null;
}

/**
 * The tool's own answer without a model, when no model could give one. Null for failures that a
 * caller must know of, after text has been sent (it would contradict it), and when the tool has no
 * honest answer either.
 */
export async function answerWithoutModel(failed: Failed): Promise<Record<string, unknown> | null> {
  const { tool, call, problem, knowledge, check } = failed;
  if (!tool.fallback || call.meta.partial !== null || call.signal.aborted) return null;
  if (!NO_MODEL_COULD.has(problem.code)) return null;
  const output = tool.fallback(call.input as Record<string, unknown>, knowledge);
  return output !== null && (await check(output)).length === 0 ? output : null;
}

/** A fallback needs a moment of the call's time; so much of it, milliseconds, and never more than a tenth. */
const RESERVE_MS = 400;

/** When attempts have to end, milliseconds since the epoch. */
export function endOfAttempts(tool: LlmTool, { deadlineAt = Infinity, stale }: Call): number {
  const hasStale = stale !== undefined;
  if (tool.fallback || hasStale)
    return deadlineAt - Math.min(RESERVE_MS, tool.policy.deadlineMs / 10);
  // The call's own deadline comes first, and says so in its own words.
  return deadlineAt + RESERVE_MS;
}
