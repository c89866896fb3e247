import {
  toNodeHandler,
  toWebRequest,
  type NodeIncomingMessageLike,
} from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { NewServer } from './server.ts';

export interface Modern {
  /** Answer one request that claims the envelope of 2026-07-28, even wrongly. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  close(): Promise<void>;
}

/** Different ways to ask for the list: clients, versions, capabilities. */
const KEPT_LISTS = 100;

/**
 * The stateless era. The list of tools is the same for everybody, so the SDK answers each way of
 * asking for it once; after that the same bytes go out, with the id of whoever asks. It would
 * otherwise validate and serialise some 20 KB for every request.
 */
export function openModern(newServer: NewServer, onError: (error: Error) => void): Modern {
  const handler = createMcpHandler(newServer, { legacy: 'reject', onerror: onError });
  const answerInFull = toNodeHandler(handler, { onerror: onError });
  const lists = new LRUCache<string, string>({
    max: KEPT_LISTS,
    maxSize: 10_000_000,
    sizeCalculation: lengthOf,
  });

  const list = async (request: FastifyRequest, message: ListRequest): Promise<Answer> => {
    const key = wayOfAsking(request, message);
    const known = lists.get(key);
    if (known !== undefined) return { status: 200, body: withId(known, message.id) };
    const asked = await toWebRequest(request.raw as NodeIncomingMessageLike, message);
    const response = await handler.fetch(asked, { parsedBody: message });
    const body = await response.text();
    const { result } = JSON.parse(body) as { result?: unknown };
    if (result !== undefined) lists.set(key, JSON.stringify(result));
    return { status: response.status, body };
  };

  return {
    async answer(request, reply) {
      const { body } = request;
      if (isListRequest(body)) {
        const answer = await list(request, body);
        return reply
          .code(answer.status)
          .type('application/json')
          .serializer(String)
          .send(answer.body);
      }
      await answerInFull(request.raw as NodeIncomingMessageLike, reply.raw, body);
      // It writes the raw response; what it throws, it throws before that.
      return reply.hijack();
    },
    close: () => handler.close(),
  };
}

interface Answer {
  status: number;
  /** JSON-RPC. */
  body: string;
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

/** All that the answer may depend on: the message but for its id, and the headers that mirror it. */
const wayOfAsking = ({ headers }: FastifyRequest, message: ListRequest): string =>
  JSON.stringify([
    { ...message, id: typeof message.id },
    Object.entries(headers).filter(([name]) => name.startsWith('mcp-') || name === 'accept'),
  ]);

const lengthOf = (answer: string, key: string): number => answer.length + key.length;

const withId = (result: string, id: string | number): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
