import { pick, type RawCase, type Request } from './case.ts';
import type { Random } from '../../src/simulator/random.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const REVISION = '2026-07-28';

/** An input that is still worked on after this is let go of; the wait of others was seen by then. */
const GIVEN_UP_AFTER_MS = 8_000;

const overRest = (tool: string, input: unknown, headers: Record<string, string>): RawCase => ({
  method: 'POST',
  path: `/v1/tools/${tool}`,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(input),
});

/** A message of the stateless revision. */
function overMcp(method: string, params: Record<string, unknown>): RawCase {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
    ...(params['_meta'] as object | undefined),
  };
  const { name } = params;
  return {
    method: 'POST',
    path: '/mcp',
    headers: {
      ...JSON_TYPE,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && name.length < 100 && /^[\x21-\x7e]+$/.test(name)
        ? { 'mcp-name': name }
        : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } }),
  };
}

/** As it goes over the wire; a call takes a front that is drawn. */
export function toRaw(request: Request, random: Random): { front: string; raw: RawCase } {
  if ('rpc' in request) return { front: 'MCP', raw: overMcp(request.rpc, request.params) };
  if ('path' in request) return { front: request.path === '/mcp' ? 'MCP' : 'REST', raw: request };
  const { tool, input, headers = {} } = request;
  const front = pick(random, ['REST', 'SSE', 'MCP']);
  if (front === 'MCP')
    return { front, raw: overMcp('tools/call', { name: tool, arguments: input }) };
  const accept = front === 'SSE' ? 'text/event-stream' : 'application/json';
  return { front, raw: overRest(tool, input, { accept, ...headers }) };
}

/** Send it and read the answer to its end. @returns what came of it, in a word */
export async function send(url: string, { method, path, headers, body }: RawCase): Promise<string> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(headers && { headers }),
      ...(body !== undefined && method !== 'GET' && { body }),
      signal: AbortSignal.timeout(GIVEN_UP_AFTER_MS),
    });
    const text = await response.text();
    const [, code] = /"code":"(\w+)"/.exec(text.slice(-20_000)) ?? [];
    return code === undefined ? String(response.status) : `${String(response.status)} ${code}`;
  } catch (error) {
    const cause = (error as Error).cause as { code?: string } | undefined;
    return cause?.code ?? (error as Error).name;
  }
}
