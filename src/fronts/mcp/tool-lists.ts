import { toWebRequest, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { toAuthInfo } from './caller.ts';
import { rpcResult, type RpcAnswer } from './rpc-answer.ts';

/** Different ways to ask for the list: clients, versions, capabilities, allowed tools. */
const KEPT = 100;
const KEPT_CHARS = 10_000_000;

/**
 * Answers `tools/list` of the stateless revision, null to anything else. The list is the same for
 * everybody who may call the same tools, so the SDK answers each way of asking for it once; after
 * that the same bytes go out, with the id of whoever asks. It would otherwise validate and serialise some 20 KB each time.
 */
export function buildToolLists(
  handler: McpHttpHandler,
): (request: FastifyRequest) => Promise<RpcAnswer | null> {
  const lists = new LRUCache<string, string>({
    max: KEPT,
    maxSize: KEPT_CHARS,
    sizeCalculation: (list, key) => list.length + key.length,
  });
  return async (request) => {
    const message = request.body;
    if (!isListRequest(message)) return null;
    const key = wayOfAsking(request, message);
    const known = lists.get(key);
    if (known !== undefined) return rpcResult(message.id, known);
    const asked = await toWebRequest(request.raw as NodeIncomingMessageLike, message);
    const response = await handler.fetch(asked, {
      parsedBody: message,
      authInfo: toAuthInfo(request.principal),
    });
    const body = await response.text();
    const { result } = JSON.parse(body) as { result?: unknown };
    if (result !== undefined) lists.set(key, JSON.stringify(result));
    return { status: response.status, body };
  };
}

interface ListRequest {
  method: 'tools/list';
  id: string | number;
}

/** An odd id is for the SDK to refuse. */
function isListRequest(body: unknown): body is ListRequest {
  const { method, id } = (body ?? {}) as Partial<ListRequest>;
  return method === 'tools/list' && (typeof id === 'string' || Number.isSafeInteger(id));
}

/**
 * All that the answer may depend on: what the principal may call, the message but for its id, and
 * the headers that mirror it.
 */
const wayOfAsking = ({ headers, principal }: FastifyRequest, message: ListRequest): string =>
  JSON.stringify([
    principal.tools,
    { ...message, id: typeof message.id },
    Object.entries(headers).filter(([name]) => name.startsWith('mcp-') || name === 'accept'),
  ]);
