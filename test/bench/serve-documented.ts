/**
 * The same tools, registered the way the SDK documents: an `McpServer` per request, which is given
 * the zod schemas. Behind `/same-work` each call runs through tollgate's core as ours does; behind
 * `/no-work` the answer is a constant, so that nothing is measured but the protocol.
 */
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import fastify from 'fastify';
import type { z } from 'zod';
import { LOCAL } from '../../src/core/call/principal.ts';
import { tellParent } from './child.ts';
import { OUTPUT } from './question.ts';
import { tools } from './shipped.ts';
import { benchApp, benchConfig } from './work.ts';

const toResult = (output: Record<string, unknown>): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(output) }],
  structuredContent: output,
});

type Run = (toolName: string, input: unknown) => Promise<CallToolResult>;

const noWork: Run = () => Promise.resolve(toResult(OUTPUT));

const app = benchApp(benchConfig(process.argv[2] ?? '.'));
await app.warm();

const sameWork: Run = async (toolName, input) => {
  const ended = await app.invoke({
    toolName,
    input,
    principal: LOCAL,
    idempotencyKey: null,
    labels: { feature: null, user: null, team: null },
    front: 'mcp_http',
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  if (ended.ok) return toResult(ended.output as Record<string, unknown>);
  throw ended.problem;
};

function newServer(run: Run): McpServer {
  const server = new McpServer({ name: 'documented', version: '1.0.0' });
  for (const { name, title, description, input, output, annotations } of tools) {
    const inputSchema = input as z.ZodType;
    const outputSchema = output as z.ZodType;
    const declared = { title, description, inputSchema, outputSchema, annotations };
    server.registerTool(name, declared, (given) => run(name, given));
  }
  return server;
}

const server = fastify();
for (const [path, run] of Object.entries({ '/same-work': sameWork, '/no-work': noWork })) {
  const handle = toNodeHandler(createMcpHandler(() => newServer(run)));
  server.all(path, async (request, reply) => {
    reply.hijack();
    await handle(request.raw as NodeIncomingMessageLike, reply.raw, request.body);
  });
}
tellParent(await server.listen({ host: '127.0.0.1', port: 0 }));
