import type { StaleAnswer } from '../core/call/cache-lookup.ts';
import type { Call, Layer, Outcome } from '../core/call/call.ts';
import type { LedgerQueries } from '../core/services/ledger.ts';
import type { Plan } from '../core/call/plan.ts';
import type { Principal } from '../core/call/principal.ts';
import { buildReplyCheck, type ReplyCheck } from '../core/call/reply-check.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import { emitStreamedField } from '../core/call/streamed-field.ts';
import type { FunctionTool, Knowledge, LlmTool, ToolContext } from '../core/tool/define-tool.ts';
import { problem, ProblemError } from '../errors/problem.ts';
import { askChain } from '../model/chain.ts';
import { readReply } from '../model/read-reply.ts';
import { buildRelay } from '../model/relay.ts';
import { answerWithoutModel, endOfAttempts, staleInstead } from '../model/last-resort.ts';
import type { ModelParts } from '../model/run-attempt.ts';

export interface RunParts {
  model: ModelParts;
  checks: SchemaChecks;
  /** Knowledge for deterministic fallbacks. */
  knowledge: () => Promise<Knowledge>;
  /** Means of function tools besides the call itself. */
  services: Services;
}

/** Means of a function tool that are the same for all; the rest depends on who calls. */
export interface Services extends Pick<ToolContext, 'budgets' | 'feedback' | 'now'> {
  ledger: (viewer: Principal) => LedgerQueries;
  estimate: (call: Call) => ToolContext['estimate'];
}

/** The core: the tool's own function, or its prompt asked of a chain of models. */
export const buildRunTool = (parts: RunParts): Layer =>
  async function runTool(call) {
    const { chosen, plan, tool } = call;
    if (chosen && plan) return runPrompt({ tool: chosen.tool, plan }, call, parts);
    if (tool && 'run' in tool) return runFunction(tool, call, parts);
    throw new Error(`nothing answers ${call.toolName}: it has no plan and no function`);
  };

async function runFunction(
  tool: FunctionTool,
  call: Call,
  { services }: RunParts,
): Promise<Outcome> {
  await call.emit({
    event: 'call',
    data: { id: call.id, tool: tool.name, prompt: null, budget: null },
  });
  try {
    const { principal, labels, signal } = call;
    const output = await tool.run(call.input as never, {
      ...services,
      principal,
      labels,
      signal,
      ledger: services.ledger(principal),
      estimate: services.estimate(call),
    });
    call.meta.servedBy = 'function';
    return { ok: true, output };
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    // Node's own functions throw an AbortError of theirs; what counts is why they were stopped.
    if (call.signal.aborted) throw call.signal.reason as Error;
    throw problem('tool_failed', { detail: `${tool.name} threw an error.`, cause });
  }
}

/** A model of the chain answers, else the tool without one, else the problem of the last attempt. */
async function runPrompt(
  { tool, plan }: { tool: LlmTool; plan: Plan },
  call: Call,
  parts: RunParts,
): Promise<Outcome> {
  const { meta } = call;
  const { id, version } = plan.prompt;
  const prompt = `${id}@${version}`;
  const opening = {
    id: call.id,
    tool: tool.name,
    prompt,
    budget: meta.budget,
    ...(meta.cache && { cache: null }),
  };
  await call.emit({ event: 'call', data: opening });
  try {
    const output = await askModels(plan, call, { ...parts, tool });
    meta.servedBy = 'model';
    return { ok: true, output };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const stale = staleInstead(call, error);
    if (stale) return answerStale(call, tool, stale);
    const knowledge = await parts.knowledge();
    const check = replyCheck(tool, call, parts);
    const output = await answerWithoutModel({ tool, call, problem: error, knowledge, check });
    if (output === null) throw error;
    meta.servedBy = 'fallback';
    meta.degraded = true;
    const { code } = error;
    if (meta.route)
      meta.route.reason += ` No model answered (${code}): this is the tool's own fallback.`;
    await emitStreamedField(call, { tool, output });
    return { ok: true, output };
  }
}

/** An answer past its time is still an answer to this very question. */
async function answerStale(
  { meta, emit }: Call,
  tool: LlmTool,
  { entry, output, ageMs }: StaleAnswer,
): Promise<Outcome> {
  const reason = 'No model answered: this is what was kept, though it is past its time.';
  meta.servedBy = 'exact_cache';
  meta.degraded = true;
  meta.cache = { tier: 'exact', entry, ageMs, stored: false, reason };
  await emitStreamedField({ emit }, { tool, output });
  return { ok: true, output };
}

const replyCheck = (
  tool: LlmTool,
  { input, principal, signal }: Call,
  { checks }: Pick<RunParts, 'checks'>,
): ReplyCheck => buildReplyCheck(checks, { tool, input, asker: { owner: principal.id, signal } });

async function askModels(
  plan: Plan,
  call: Call,
  { tool, model, ...parts }: RunParts & { tool: LlmTool },
): Promise<unknown> {
  const relay = buildRelay(tool, call, model.now);
  const check = replyCheck(tool, call, parts);
  const output = await askChain(model, {
    plan,
    meta: call.meta,
    principal: call.principal.id,
    purpose: 'answer',
    hold: call.hold ?? null,
    timeLimits: plan.timeLimits,
    endBy: endOfAttempts(tool, call),
    signal: call.signal,
    onQueue: (waiting) => void call.emit({ event: 'queue', data: { budget: null, ...waiting } }),
    onAttempt: (...begun) => {
      relay.begin(...begun);
    },
    onText: (piece) => relay.take(piece),
    read: (reply) => readReply(reply, check),
  });
  await relay.end();
  return output;
}
