import {
  type CallToolRequestParams,
  type CallToolResult,
  type Implementation,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { callTool } from './call-tool.ts';
import { complete } from './completion.ts';
import {
  ANY_PARAMS,
  CompleteParams,
  GetPromptParams,
  parseParams,
  ReadResourceParams,
} from './params.ts';
import { openProgress } from './progress.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { buildMcpRead, type McpRead } from './mcp-request.ts';
import { listResources, readResource, RESOURCE_TEMPLATES } from './resources.ts';
import { buildShownTools, OWN_HINT, PUBLIC_HINT } from './shown-tools.ts';
import type { McpTransport } from './transport.ts';

/* eslint-disable @typescript-eslint/no-deprecated -- the low-level Server is for advanced use, and this is one: see buildMcpServers */

/** A server of its own for whoever connects next. */
export type NewServer = () => Server;

/**
 * Makes MCP servers over one gate: one per request on modern HTTP, one per session or connection
 * elsewhere. Everything that does not depend on the request is built here, once.
 *
 * The low-level `Server` is on purpose: the documented `McpServer` converts every schema again for
 * every request, and answers a wrong input in its own words instead of with our problem.
 */
export function buildMcpServers(core: Core, transport: McpTransport): NewServer {
  const info = serverInfo(core);
  const shownTo = buildShownTools(core.tools);
  const read = buildMcpRead(core, transport);
  const options = {
    capabilities: {
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false },
      completions: {},
    },
    instructions: instructions(core),
    cacheHints: {
      'tools/list': PUBLIC_HINT,
      'server/discover': PUBLIC_HINT,
      'prompts/list': OWN_HINT,
      'resources/list': OWN_HINT,
      'resources/templates/list': PUBLIC_HINT,
      'resources/read': OWN_HINT,
    },
  } as const;
  return () => {
    const server = new Server(info, options);
    server.setRequestHandler('tools/list', async (_request, context) =>
      shownTo(await allowedTools(transport, context)),
    );
    server.setRequestHandler('tools/call', ({ params }, context) =>
      callWithProgress({ core, transport }, params, context),
    );
    addPrompts(server, core, read);
    return server;
  };
}

/** Server, as results and handshakes say. */
export const serverInfo = ({ version }: Core): Implementation => ({
  name: 'tollgate',
  title: 'tollgate',
  version,
});

/** Prompts, for whoever may call the tools that use them. */
function addPrompts(server: Server, core: Core, read: McpRead): void {
  server.setRequestHandler('prompts/list', (_request, context) =>
    read(context, (viewer) => listPrompts(core, viewer)),
  );
  server.setRequestHandler('prompts/get', ANY_PARAMS, (params, context) =>
    read(context, (viewer) => getPrompt(core, viewer, parseParams(GetPromptParams, params))),
  );
  server.setRequestHandler('resources/list', (_request, context) =>
    read(context, (viewer) => listResources(core, viewer)),
  );
  server.setRequestHandler('resources/templates/list', (_request, context) =>
    read(context, () => Promise.resolve(RESOURCE_TEMPLATES)),
  );
  server.setRequestHandler('resources/read', ANY_PARAMS, (params, context) =>
    read(context, (viewer) => readResource(core, viewer, parseParams(ReadResourceParams, params))),
  );
  server.setRequestHandler('completion/complete', ANY_PARAMS, (params, context) =>
    read(context, (viewer) => complete(core, viewer, parseParams(CompleteParams, params))),
  );
}

/**
 * Unknown callers are shown all tools: a client without a list makes no call, and the answer to one
 * is where its agent reads what is wrong with the key.
 */
async function allowedTools(
  { identify }: McpTransport,
  context: ServerContext,
): Promise<Principal['tools']> {
  try {
    return (await identify(context)).tools;
  } catch {
    return null;
  }
}

async function callWithProgress(
  { core, transport }: { core: Core; transport: McpTransport },
  { name, arguments: input = {} }: CallToolRequestParams,
  context: ServerContext,
): Promise<CallToolResult> {
  const { mcpReq, http } = context;
  const progress = openProgress(mcpReq);
  try {
    return await callTool(core, {
      toolName: name,
      input,
      identify: () => transport.identify(context),
      meta: mcpReq._meta,
      header: (header) => http?.req?.headers.get(header) ?? null,
      front: transport.front,
      signal: mcpReq.signal,
      emit: progress.emit,
    });
  } finally {
    progress.stop();
  }
}

/** Instructions for models on the server as a whole. Some clients cut after 2,000 characters. */
const instructions = ({ simulated }: Core): string =>
  `Tools that ask a language model on your behalf, each call priced and recorded.
${simulated ? 'The model is simulated: answers are extracts of the given text and no money is spent.\n' : ''}
- Every result has what it cost in _meta["tollgate/call"]; get_call explains one call, get_usage sums them.
- Before a large input call estimate_cost: it spends nothing. get_budget shows what is left to you.
- options.quality picks the model: "fast" is cheapest, "best" strongest. Leave it out unless it matters.
- Prompts are what the tools tell their model, filled in with your arguments; each version is a resource, prompt://faq/v1. _meta["tollgate/prompt"]: "faq@v1" asks for a version, which your key must allow.
- give_feedback tells how good an answer was, for its prompt and for the cache.
- An error is one JSON object. Branch on "code". Do the first of "next_actions"; if "retryable" is false, do not send the same call again.
- A budget refuses a call before it spends anything: 402 budget_spent means that what is left does not pay for it, 429 rate_limited or budget_held that it may pass after "retry_after_ms". The first of "next_actions" is what works now, a smaller or cheaper call for example, and "limits" says how each budget stands.`;
