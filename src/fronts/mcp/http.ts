import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { classifyInboundRequest, createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gate } from '../../call/gate.ts';
import { problem, toWireProblem, type ProblemError } from '../../errors/problem.ts';
import { toProblem } from '../../errors/to-problem.ts';
import { buildMcpServers } from './server.ts';
import { Sessions, type SessionSettings } from './sessions.ts';

export interface McpSettings extends SessionSettings {
  onError: (error: Error) => void;
}

/**
 * `/mcp`: Streamable HTTP for both eras. What claims the 2026-07-28 envelope is answered statelessly;
 * everything else belongs to a session of the revisions before.
 */
export function mountMcp(server: FastifyInstance, gate: Gate, settings: McpSettings): void {
  const newServer = buildMcpServers(gate, 'mcp_http');
  const modern = createMcpHandler(newServer, { legacy: 'reject', onerror: settings.onError });
  const answerModern = toNodeHandler(modern, { onerror: settings.onError });
  const sessions = new Sessions(newServer, settings);

  void server.register((scope, _options, done) => {
    answerInJsonRpc(scope, gate);
    scope.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/mcp',
      schema: { hide: true },
      handler: async (request, reply) => {
        if (isLegacy(request)) await answerLegacy(sessions, request, reply);
        else await answerModern(request.raw as NodeIncomingMessageLike, reply.raw, request.body);
        // Both write the raw response; what they throw, they throw before they write.
        return reply.hijack();
      },
    });
    scope.addHook('preClose', async () => {
      await Promise.all([modern.close(), sessions.close()]);
    });
    done();
  });
}

const header = (request: FastifyRequest, name: string): string | undefined =>
  request.headers[name]?.toString();

/** Anything that claims the modern envelope, even wrongly, must get the modern errors. */
function isLegacy(request: FastifyRequest): boolean {
  const protocolVersion = header(request, 'mcp-protocol-version');
  const method = header(request, 'mcp-method');
  const name = header(request, 'mcp-name');
  const { kind } = classifyInboundRequest({
    httpMethod: request.method,
    body: request.body,
    ...(protocolVersion !== undefined && { protocolVersionHeader: protocolVersion }),
    ...(method !== undefined && { mcpMethodHeader: method }),
    ...(name !== undefined && { mcpNameHeader: name }),
  });
  return kind === 'legacy';
}

async function answerLegacy(
  sessions: Sessions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const sessionId = header(request, 'mcp-session-id');
  if (request.method !== 'POST' && sessionId === undefined) {
    reply.header('allow', 'POST');
    throw problem('method_not_allowed', { detail: `${request.method} /mcp needs a session.` });
  }
  const isInitialize = (request.body as { method?: unknown } | undefined)?.method === 'initialize';
  const { raw, body } = request;
  await sessions.handle({ raw, body, sessionId, isInitialize }, reply.raw);
}

/** JSON-RPC codes for what goes wrong before a message reaches the protocol. */
const RPC_CODES: Record<string, number> = { malformed_json: -32700, internal_error: -32603 };
const INVALID_REQUEST = -32600;

/** On this route errors outside a call are JSON-RPC errors, with the problem as their data. */
function answerInJsonRpc(scope: FastifyInstance, gate: Gate): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    (_request, body, parsed) => {
      try {
        parsed(null, JSON.parse(body as string));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        parsed(problem('malformed_json', { detail: `The body is not JSON: ${why}.` }));
      }
    },
  );
  scope.setErrorHandler((error, _request, reply) =>
    replyRpcError(reply, toProblem(error), gate.baseUrl),
  );
}

function replyRpcError(reply: FastifyReply, error: ProblemError, baseUrl: string): FastifyReply {
  const data = toWireProblem(error, { baseUrl, callId: null });
  const code = RPC_CODES[data.code] ?? INVALID_REQUEST;
  return reply
    .code(data.status)
    .type('application/json; charset=utf-8')
    .send({ jsonrpc: '2.0', id: null, error: { code, message: data.detail, data } });
}
