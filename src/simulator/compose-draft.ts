import { composeReply, type Memory } from './answers/reply.ts';
import { composeToolAnswer } from './answers/tool-answer.ts';
import type { Draft, ToolUseBlock } from './generation.ts';
import type { NewId } from './random.ts';
import { composeThinking } from './thinking.ts';
import type { MessagesRequest, PromptRequest } from './validate-request.ts';
import { composeInput, rateTool } from './answers/tool-call.ts';
import { splitTokens } from './tokens.ts';
import { isForced, type OfferedTool } from './validate-tools.ts';

/** Thoughts first, then either calls or an answer. */
export function composeDraft(request: MessagesRequest, newId: NewId, memory: Memory): Draft {
  if (request.maxTokens === 0) return { thinking: null, text: '', calls: [] };
  const calls = composeCalls(request, newId);
  return {
    thinking: composeThinking(request),
    text: calls.length > 0 ? '' : composeText(request, memory),
    calls,
  };
}

function composeText(request: MessagesRequest, memory: Memory): string {
  return request.results.length > 0
    ? composeToolAnswer(request, request)
    : composeReply(request, memory);
}

/** The calls to make before answering: none once there are results, unless a call is forced. */
function composeCalls(request: PromptRequest, newId: NewId): ToolUseBlock[] {
  return chooseTools(request).map(({ name, inputSchema }) => {
    const input = composeInput(request, request.asked, inputSchema ?? {});
    const tokens = splitTokens(JSON.stringify(input), request.model.family);
    return { type: 'tool_use', tokens, id: newId('toolu'), name };
  });
}

function chooseTools({ tools, toolChoice, asked, results }: PromptRequest): OfferedTool[] {
  const callable = tools.filter(({ inputSchema }) => inputSchema !== null);
  if (toolChoice.type === 'none') return [];
  if (toolChoice.type === 'tool') return callable.filter(({ name }) => name === toolChoice.name);
  if (results.length > 0 && !isForced(toolChoice.type)) return [];
  const rated = callable
    .map((tool) => ({ tool, rating: rateTool(tool, asked) }))
    .sort((a, b) => b.rating - a.rating);
  const wanted = rated.filter(({ rating }) => rating > 0);
  const chosen = wanted.length === 0 && isForced(toolChoice.type) ? rated.slice(0, 1) : wanted;
  return chosen.slice(0, toolChoice.isParallel ? Infinity : 1).map(({ tool }) => tool);
}
