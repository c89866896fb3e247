import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../../core/services/core.ts';
import { withPrincipal } from './caller.ts';
import { buildFastPath } from './fast-path.ts';
import type { NewServer } from './server.ts';
import { buildToolLists } from './tool-lists.ts';

export interface StatelessEndpoint {
  /** Answer one request that claims the envelope of 2026-07-28, even wrongly. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  close(): Promise<void>;
}

/** The stateless era: the SDK, with short ways for the two requests that nearly all traffic is. */
export function openStateless(
  core: Core,
  newServer: NewServer,
  onError: (error: Error) => void,
): StatelessEndpoint {
  const handler = createMcpHandler(newServer, { legacy: 'reject', onerror: onError });
  const answerInFull = toNodeHandler(handler, { onerror: onError });
  const toolLists = buildToolLists(handler);
  const ordinaryCalls = buildFastPath(core);
  return {
    async answer(request, reply) {
      const short = (await toolLists(request)) ?? (await ordinaryCalls(request, reply));
      if (short) {
        return reply
          .code(short.status)
          .type('application/json')
          .serializer(String)
          .send(short.body);
      }
      const raw = withPrincipal(request.raw, request.principal);
      await answerInFull(raw as NodeIncomingMessageLike, reply.raw, request.body);
      // It writes the raw response; what it throws, it throws before that.
      return reply.hijack();
    },
    close: () => handler.close(),
  };
}
