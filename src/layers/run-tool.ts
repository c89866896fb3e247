import type { Call, Layer, Outcome } from '../call/call.ts';
import type { Plan } from '../call/plan.ts';
import type { SchemaChecks } from '../call/schema-check.ts';
import type { FunctionTool, Knowledge, LlmTool, Planner, ToolContext } from '../call/tool.ts';
import { problem, ProblemError } from '../errors/problem.ts';
import { askChain } from '../model/chain.ts';
import { readReply } from '../model/read-reply.ts';
import { buildRelay } from '../model/relay.ts';
import { answerWithoutModel, endOfAttempts } from '../model/rescue.ts';
import type { ModelParts } from '../model/try-model.ts';

export interface RunParts {
  model: ModelParts;
  plan: Planner;
  checks: SchemaChecks;
  /** What deterministic fallbacks may read. */
  knowledge: () => Promise<Knowledge>;
  /** What function tools may use besides the call itself. */
  services: Pick<ToolContext, 'books' | 'estimate' | 'now'>;
}

/** The core: the tool's own function, or its prompt asked of a chain of models. */
export const buildRunTool = (parts: RunParts): Layer =>
  async function runTool(call) {
    const { tool } = call;
    if (!tool) throw new Error('validate-input must have found the tool');
    return tool.kind === 'function' ? runFunction(tool, call, parts) : runPrompt(tool, call, parts);
  };

async function runFunction(
  tool: FunctionTool,
  call: Call,
  { services }: RunParts,
): Promise<Outcome> {
  await call.emit({ event: 'call', data: { id: call.id, tool: tool.name, prompt: null } });
  try {
    const output = await tool.run(call.input as never, {
      principal: call.principal,
      signal: call.signal,
      ...services,
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
async function runPrompt(tool: LlmTool, call: Call, parts: RunParts): Promise<Outcome> {
  const { meta } = call;
  const plan = await parts.plan(tool, call.input as Record<string, unknown>);
  const { id, version } = plan.prompt;
  meta.prompt = { id, version, variant: null };
  meta.route = { chain: plan.chain, reason: plan.reason };
  const opening = { id: call.id, tool: tool.name, prompt: `${id}@${version}` };
  await call.emit({ event: 'call', data: opening });
  try {
    const output = await askModels(plan, call, { ...parts, tool });
    meta.servedBy = 'model';
    return { ok: true, output };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const knowledge = await parts.knowledge();
    const check = parts.checks.compile(plan.replySchema);
    const output = answerWithoutModel({ tool, call, problem: error, knowledge, check });
    if (output === null) throw error;
    meta.servedBy = 'fallback';
    meta.degraded = true;
    meta.route.reason += ` No model answered (${error.code}): this is the tool's own fallback.`;
    const text = tool.streams === undefined ? undefined : output[tool.streams];
    if (typeof text === 'string') await call.emit({ event: 'delta', data: { text } });
    return { ok: true, output };
  }
}

async function askModels(
  plan: Plan,
  call: Call,
  { tool, model, checks }: RunParts & { tool: LlmTool },
): Promise<unknown> {
  const relay = buildRelay(tool, call, model.now);
  const check = checks.compile(plan.replySchema);
  const output = await askChain(model, {
    plan,
    meta: call.meta,
    principal: call.principal,
    timeLimits: plan.timeLimits,
    endBy: endOfAttempts(tool, call.deadlineAt ?? Infinity),
    signal: call.signal,
    onQueue: (data) => void call.emit({ event: 'queue', data }),
    onAttempt: (...begun) => {
      relay.begin(...begun);
    },
    onText: (piece) => relay.take(piece),
    read: (reply) => readReply(reply, check),
  });
  await relay.end();
  return output;
}
