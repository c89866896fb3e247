import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Core } from '../../core/services/core.ts';
import { goneSignal } from '../shared/gone-signal.ts';
import { IDEMPOTENCY_META_KEY } from '../shared/idempotency-key.ts';
import { PROMPT_META_KEY } from '../shared/prompt-wish.ts';
import { callTool } from './call-tool.ts';
import { rpcResult, type RpcAnswer } from './rpc-answer.ts';
import { serverInfo } from './server.ts';

const REVISION = '2026-07-28';

/** A call about which there is nothing to decide: no progress wanted, nothing that is not known. */
const PlainCall = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]),
  method: z.literal('tools/call'),
  params: z.strictObject({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).default({}),
    _meta: z.strictObject({
      [PROTOCOL_VERSION_META_KEY]: z.literal(REVISION),
      [CLIENT_CAPABILITIES_META_KEY]: z.record(z.string(), z.unknown()),
      [CLIENT_INFO_META_KEY]: z.strictObject({ name: z.string(), version: z.string() }).optional(),
      'tollgate/labels': z.unknown().optional(),
      [IDEMPOTENCY_META_KEY]: z.unknown().optional(),
      [PROMPT_META_KEY]: z.unknown().optional(),
    }),
  }),
});

/**
 * Most calls are alike: well formed, headers equal to the body, a tool that exists, no progress
 * wanted. Those are answered here, because the SDK's way to the same answer is half the cost of a
 * call (`npm run bench`). What differs in the least is null here and goes that way, so every refusal stays
 * the SDK's.
 */
export function buildFastPath(
  core: Core,
): (request: FastifyRequest, reply: FastifyReply) => Promise<RpcAnswer | null> {
  const toolNames = new Set(core.tools.map((tool) => tool.name));
  const inEachResult = { [SERVER_INFO_META_KEY]: serverInfo(core) };
  const complete = (result: CallToolResult) => ({
    ...result,
    _meta: { ...result._meta, ...inEachResult },
    resultType: 'complete',
  });

  return async ({ headers, body, principal }, reply) => {
    const { data } = PlainCall.safeParse(body);
    if (!data || !toolNames.has(data.params.name) || !mirrors(headers, data)) return null;
    const { name, arguments: input, _meta: meta } = data.params;
    const result = await callTool(core, {
      toolName: name,
      input,
      identify: () => principal,
      meta,
      header: (header) => headers[header]?.toString() ?? null,
      front: 'mcp_http',
      signal: goneSignal(reply.raw),
      emit: () => undefined,
    });
    return rpcResult(data.id, JSON.stringify(complete(result)));
  };
}

/** Headers must say what the message says; one that has to be decoded first is not ordinary. */
const mirrors = (
  headers: FastifyRequest['headers'],
  { method, params }: z.infer<typeof PlainCall>,
): boolean =>
  headers['mcp-protocol-version'] === REVISION &&
  headers['mcp-method'] === method &&
  headers['mcp-name'] === params.name;
