import { type CallToolResult, ProtocolError } from '@modelcontextprotocol/server';
import type { Problem } from '../../../schemas/wire/problem.ts';
import type { CallRequest, Ended } from '../../core/call/call.ts';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { toWireCall } from '../../core/call/wire.ts';
import { ProblemError, toWireProblem } from '../../errors/problem.ts';
import { toProblem } from '../../errors/to-problem.ts';
import {
  toIdempotencyKey,
  toLabels,
  type Meta,
  toPromptWish,
  toCacheControl,
} from './request-meta.ts';

/** JSON-RPC "Invalid params": what the spec says an unknown tool is. */
const INVALID_PARAMS = -32602;

/** A `tools/call` as it came in. */
export interface ToolCall
  extends Meta, Pick<CallRequest, 'toolName' | 'input' | 'front' | 'signal' | 'emit'> {
  /** @throws ProblemError where nobody is known by the secret */
  identify: () => Principal | Promise<Principal>;
}

/**
 * Run a call. Also what keeps it from being made at all (no key, a wrong idempotency key, a prompt that is no name of one) is a
 * result: a model reads results, but is rarely shown errors of the protocol.
 * @throws ProtocolError for an unknown tool, which MCP wants to be an error of the protocol
 */
export async function callTool(core: Core, asked: ToolCall): Promise<CallToolResult> {
  const request = await toRequest(asked).catch(toProblem);
  if (request instanceof ProblemError)
    return toErrorResult(toWireProblem(request, { baseUrl: core.baseUrl, callId: null }));
  return toResult(await core.invoke(request), core.baseUrl);
}

const toRequest = async ({ identify, meta, header, ...rest }: ToolCall): Promise<CallRequest> => ({
  ...rest,
  principal: await identify(),
  labels: toLabels({ meta, header }),
  idempotencyKey: toIdempotencyKey({ meta, header }),
  cacheControl: toCacheControl({ meta, header }),
  promptWish: toPromptWish({ meta, header }),
});

/**
 * Success: the output, as structured content and as the same JSON in a text block, because clients
 * show one or the other.
 */
function toResult(ended: Ended, baseUrl: string): CallToolResult {
  const { call } = ended;
  const meta = { 'tollgate/call': toWireCall(call) };
  if (ended.ok) {
    return {
      content: [{ type: 'text', text: JSON.stringify(ended.output) }],
      structuredContent: ended.output,
      _meta: meta,
    };
  }
  const problem = toWireProblem(ended.problem, { baseUrl, callId: call.id });
  if (problem.code === 'unknown_tool')
    throw new ProtocolError(INVALID_PARAMS, problem.detail, problem);
  return toErrorResult(problem, meta);
}

/**
 * Problem: text and `_meta` only; older clients check structured content against the output schema
 * even on errors, and would lose the problem.
 */
const toErrorResult = (problem: Problem, meta: CallToolResult['_meta'] = {}): CallToolResult => ({
  isError: true,
  content: [{ type: 'text', text: JSON.stringify(problem) }],
  _meta: { ...meta, 'tollgate/problem': problem },
});
