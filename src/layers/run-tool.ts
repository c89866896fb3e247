import type { Call, Layer, Outcome } from '../call/call.ts';
import type { FunctionTool, LlmTool, Planner, ToolContext } from '../call/tool.ts';
import { problem, ProblemError } from '../errors/problem.ts';
import type { AttemptParts } from '../model/attempt.ts';
import { askChain } from '../model/chain.ts';
import { replyField } from '../model/reply-field.ts';

interface RunParts extends AttemptParts {
  plan: Planner;
  /** What function tools may use besides the call itself. */
  services: Pick<ToolContext, 'books' | 'estimate' | 'now'>;
}

/** The core: the tool's own function, or its prompt asked of a chain of models. */
export const buildRunTool = (parts: RunParts): Layer =>
  async function runTool(call) {
    const { tool } = call;
    if (!tool) throw new Error('validate-input must have found the tool');
    return tool.kind === 'function' ? runFunction(tool, call, parts) : askModel(tool, call, parts);
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

async function askModel(tool: LlmTool, call: Call, parts: RunParts): Promise<Outcome> {
  const plan = await parts.plan(tool, call.input as Record<string, unknown>);
  const { id, version } = plan.prompt;
  call.meta.prompt = { id, version, variant: null };
  await call.emit({
    event: 'call',
    data: { id: call.id, tool: tool.name, prompt: `${id}@${version}` },
  });
  const text = await askChain(parts, {
    request: {
      ...plan.prompt,
      maxOutputTokens: plan.maxOutputTokens,
      replySchema: plan.replySchema,
    },
    models: plan.models,
    signal: call.signal,
    meta: call.meta,
    onText: relay(tool, call, parts.now),
  });
  call.meta.servedBy = 'model';
  return { ok: true, output: parseReply(text, tool) };
}

/** A tool without a streaming field says how far it is this often, milliseconds. */
const PROGRESS_EVERY_MS = 500;

/** What to do with each piece of the model's JSON: text of the streaming field, or progress. */
function relay(
  tool: LlmTool,
  call: Call,
  now: () => number,
): (text: string) => void | Promise<void> {
  const field = tool.streams === undefined ? null : replyField(tool.streams);
  let streamed = 0;
  let chars = 0;
  let saidAt = 0;
  return (piece) => {
    call.meta.ttftMs ??= now() - call.meta.startedAt;
    if (field) {
      const text = field.push(piece);
      if (text === '') return;
      streamed += text.length;
      call.meta.partial = { usable: tool.policy.partialUsable, text_chars: streamed };
      return call.emit({ event: 'delta', data: { text } });
    }
    chars += piece.length;
    if (now() - saidAt < PROGRESS_EVERY_MS) return;
    saidAt = now();
    return call.emit({
      event: 'progress',
      data: { output_tokens: Math.ceil(chars / CHARS_PER_TOKEN) },
    });
  };
}

/** Good enough to show that something moves; what is billed is counted elsewhere. */
const CHARS_PER_TOKEN = 3;

function parseReply(text: string, tool: LlmTool): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('invalid_output', {
      detail: `${tool.name}: the model did not answer in JSON.`,
      cause,
    });
  }
}
