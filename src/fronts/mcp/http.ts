import { classifyInboundRequest, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../../core/services/core.ts';
import { httpProblem, problemHeaders } from '../../errors/http-problem.ts';
import { problem, toWireProblem, type ProblemError } from '../../errors/problem.ts';
import { callerOf } from './caller.ts';
import { openStateless } from './stateless.ts';
import { buildMcpServers } from './server.ts';
import { Sessions, type SessionSettings } from './sessions.ts';

export interface McpSettings extends SessionSettings {
  onError: (error: Error) => void;
}

/**
 * `/mcp`: Streamable HTTP for both eras. What claims the 2026-07-28 envelope is answered statelessly;
 * everything else belongs to a session of the revisions before.
 */
export function mountMcp(server: FastifyInstance, core: Core, settings: McpSettings): void {
  const newServer = buildMcpServers(core, {
    front: 'mcp_http',
    identify: callerOf,
    onError: settings.onError,
  });
  const modern = openStateless(core, newServer, settings.onError);
  const sessions = new Sessions(newServer, settings);

  void server.register((scope, _options, done) => {
    answerInJsonRpc(scope, core, settings.onError);
    scope.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/mcp',
      schema: { hide: true },
      handler: async (request, reply) => {
        const legacy = isLegacy(request);
        if (request.method === 'POST') demandAccept(request, legacy);
        return legacy ? answerLegacy(sessions, request, reply) : modern.answer(request, reply);
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
  if (namesItsVersion(request.body)) return false;
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

/** The usual modern request, told apart without parsing the whole message a second time. */
const namesItsVersion = (body: unknown): boolean =>
  typeof (body as Enveloped | undefined)?.params?._meta?.[PROTOCOL_VERSION_META_KEY] === 'string';

interface Enveloped {
  params?: { _meta?: Record<string, unknown> };
}

const TYPES = ['application/json', 'text/event-stream'];

/**
 * The legacy transport wants both types named and would refuse in words of its own; the modern one
 * would not look.
 */
function demandAccept(request: FastifyRequest, legacy: boolean): void {
  const accept = header(request, 'accept') ?? '';
  const takes = TYPES.filter((type) => accept.includes(type) || (!legacy && accept.includes('*/')));
  if (takes.length === 2 || (!legacy && (accept === '' || takes.length > 0))) return;
  throw problem('not_acceptable', {
    detail: `MCP answers are ${TYPES.join(' or ')}; the client accepts "${accept}".`,
  });
}

async function answerLegacy(
  sessions: Sessions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sessionId = header(request, 'mcp-session-id');
  if (request.method !== 'POST' && sessionId === undefined) {
    reply.header('allow', 'POST');
    throw problem('method_not_allowed', { detail: `${request.method} /mcp needs a session.` });
  }
  const isInitialize = (request.body as { method?: unknown } | undefined)?.method === 'initialize';
  const { raw, body, principal } = request;
  await sessions.handle({ raw, body, principal, sessionId, isInitialize }, reply.raw);
  // The transport writes the raw response; what was thrown, was thrown before that.
  return reply.hijack();
}

/** JSON-RPC codes for what goes wrong before a message reaches the protocol. */
const RPC_CODES: Record<string, number> = { malformed_json: -32700, internal_error: -32603 };
const INVALID_REQUEST = -32600;

/** On this route errors outside a call are JSON-RPC errors, with the problem as their data. */
function answerInJsonRpc(
  scope: FastifyInstance,
  core: Core,
  onError: McpSettings['onError'],
): void {
  scope.setErrorHandler((error, _request, reply) => {
    const found = httpProblem(error, scope.initialConfig.bodyLimit ?? 0);
    if (found.code === 'internal_error') onError(found);
    return replyRpcError(reply, found, core.baseUrl);
  });
}

function replyRpcError(reply: FastifyReply, error: ProblemError, baseUrl: string): FastifyReply {
  const data = toWireProblem(error, { baseUrl, callId: null });
  const code = RPC_CODES[data.code] ?? INVALID_REQUEST;
  return reply
    .code(data.status)
    .headers(problemHeaders(data, baseUrl))
    .type('application/json; charset=utf-8')
    .send({ jsonrpc: '2.0', id: null, error: { code, message: data.detail, data } });
}
