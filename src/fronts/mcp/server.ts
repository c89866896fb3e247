/* eslint-disable @typescript-eslint/no-deprecated -- the low-level Server is for advanced use, and this is one: see buildMcpServers */
import {
  type CallToolResult,
  type Implementation,
  ProtocolError,
  Server,
  type ServerContext,
  type Tool as McpTool,
} from '@modelcontextprotocol/server';
import type { CallRequest, Ended, Front } from '../../call/call.ts';
import type { Gate } from '../../call/gate.ts';
import type { Tool } from '../../call/tool.ts';
import { toWireCall } from '../../call/wire.ts';
import { toWireProblem } from '../../errors/problem.ts';
import { instructions } from './instructions.ts';
import { toLabels } from './labels.ts';
import { openProgress } from './progress.ts';

/** JSON-RPC "Invalid params": what the spec says an unknown tool is. */
const INVALID_PARAMS = -32602;

/** The list does not depend on who asks, so anybody in between may keep it for a while. */
const LIST_HINT = { ttlMs: 5 * 60_000, cacheScope: 'public' } as const;

/** A server of its own for whoever connects next. */
export type NewServer = () => Server;

/**
 * Makes MCP servers over one gate: one per request on modern HTTP, one per session or connection
 * elsewhere. Everything that does not depend on the request is built here, once.
 *
 * The low-level `Server` is on purpose: the documented `McpServer` converts every schema again for
 * every request, and answers a wrong input in its own words instead of with our problem.
 */
export function buildMcpServers(gate: Gate, front: Front): NewServer {
  const info = serverInfo(gate);
  const list = { tools: gate.tools.map(toMcpTool) };
  const options = {
    capabilities: { tools: { listChanged: false } },
    instructions: instructions(gate),
    cacheHints: { 'tools/list': LIST_HINT, 'server/discover': LIST_HINT },
  } as const;
  return () => {
    const server = new Server(info, options);
    server.setRequestHandler('tools/list', () => list);
    server.setRequestHandler('tools/call', ({ params }, context) =>
      callWithProgress(
        { gate, front },
        { name: params.name, input: params.arguments ?? {} },
        context,
      ),
    );
    return server;
  };
}

const toMcpTool = ({ name, title, description, json, annotations }: Tool): McpTool => ({
  name,
  title,
  description,
  inputSchema: json.input as McpTool['inputSchema'],
  outputSchema: json.output,
  annotations: { title, ...annotations },
});

/** Who serves, as results and handshakes say. */
export const serverInfo = ({ version }: Gate): Implementation => ({
  name: 'tollgate',
  title: 'tollgate',
  version,
});

async function callWithProgress(
  { gate, front }: { gate: Gate; front: Front },
  { name, input }: { name: string; input: unknown },
  { mcpReq, http }: ServerContext,
): Promise<CallToolResult> {
  const progress = openProgress(mcpReq);
  try {
    const labels = toLabels(mcpReq._meta, (header) => http?.req?.headers.get(header));
    const { signal } = mcpReq;
    return await callTool(gate, {
      toolName: name,
      input,
      labels,
      front,
      signal,
      emit: progress.emit,
    });
  } finally {
    progress.stop();
  }
}

/** @throws ProtocolError for an unknown tool, which MCP wants to be an error of the protocol */
export const callTool = async (gate: Gate, request: CallRequest): Promise<CallToolResult> =>
  toResult(await gate.invoke(request), gate.baseUrl);

/**
 * Success: the output, as structured content and as the same JSON in a text block, because clients
 * show one or the other. Problem: text and `_meta` only; older clients check structured content
 * against the output schema even on errors, and would lose the problem.
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
  return {
    isError: true,
    content: [{ type: 'text', text: JSON.stringify(problem) }],
    _meta: { ...meta, 'tollgate/problem': problem },
  };
}
