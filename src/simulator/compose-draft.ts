import { composeReply, type Memory } from './answers/reply.ts';
import { composeToolAnswer } from './answers/tool-answer.ts';
import type { Draft } from './generation.ts';
import type { NewId } from './random.ts';
import { composeThinking } from './thinking.ts';
import { composeCalls } from './tool-use.ts';
import type { MessagesRequest } from './validate-request.ts';

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
