import type { CacheHint, ListToolsResult, Tool as McpTool } from '@modelcontextprotocol/server';
import type { Principal } from '../../core/call/principal.ts';
import type { Tool } from '../../core/tool/define-tool.ts';

/** Lists alike for everybody may be kept for a while by anybody between. */
export const PUBLIC_HINT = { ttlMs: 5 * 60_000, cacheScope: 'public' } as const satisfies CacheHint;

/** Lists by key are kept by its owner only, and not for long: prompts change on the fly. */
export const OWN_HINT = { ttlMs: 60_000, cacheScope: 'private' } as const satisfies CacheHint;

/**
 * The tools a principal may call, in tollgate's order. A list that is shorter for some is not
 * to be kept for others. Built once, picked from per request.
 */
export function buildShownTools(
  tools: readonly Tool[],
): (allowed: Principal['tools']) => ListToolsResult {
  const all = tools.map(toMcpTool);
  return (allowed) =>
    allowed === null
      ? { tools: all }
      : { tools: all.filter(({ name }) => allowed.includes(name)), cacheScope: 'private' };
}

const toMcpTool = ({ name, title, description, json, annotations }: Tool): McpTool => ({
  name,
  title,
  description,
  inputSchema: json.input as McpTool['inputSchema'],
  outputSchema: json.output,
  annotations: { title, ...annotations },
});
