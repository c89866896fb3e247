import { INPUT, OUTPUT } from './question.ts';

/** A POST, as the load generator and `fetch` both send it. */
export interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
}

const JSON_ONLY = { 'content-type': 'application/json' };
const MCP = { ...JSON_ONLY, accept: 'application/json, text/event-stream' };

/** The load generator puts a new id here for each request; sessions need them to differ. */
const EACH_ITS_OWN = '[<id>]';

const CALL = {
  method: 'tools/call',
  params: { name: 'answer_question', arguments: INPUT },
};
const LIST = { method: 'tools/list', params: {} };

export const restPost = (url: string): Post => ({
  url,
  headers: JSON_ONLY,
  body: JSON.stringify(INPUT),
});

const modernVersion = '2026-07-28';
const legacyVersion = '2025-11-25';

type Method = typeof CALL | typeof LIST;

/** A request of the stateless revision: everything in one envelope. */
function modernPost(url: string, { method, params }: Method): Post {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  };
  return {
    url,
    headers: {
      ...MCP,
      'mcp-protocol-version': modernVersion,
      'mcp-method': method,
      ...('name' in params && { 'mcp-name': params.name }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: EACH_ITS_OWN,
      method,
      params: { ...params, _meta: envelope },
    }),
  };
}

/** A request of the revisions before, within a session if the server opened one. */
const legacyPost = (url: string, session: string | null, { method, params }: Method): Post => ({
  url,
  headers: {
    ...MCP,
    'mcp-protocol-version': legacyVersion,
    ...(session !== null && { 'mcp-session-id': session }),
  },
  body: JSON.stringify({ jsonrpc: '2.0', id: EACH_ITS_OWN, method, params }),
});

/** Say hello as legacy clients do. @returns the session, or null where there are none */
async function openSession(url: string): Promise<string | null> {
  const params = {
    protocolVersion: legacyVersion,
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  };
  const send = (headers: Record<string, string>, message: object): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { ...MCP, ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  const hello = await send({}, { id: 0, method: 'initialize', params });
  await hello.text();
  const session = hello.headers.get('mcp-session-id');
  const ready = { method: 'notifications/initialized' };
  await send(session === null ? {} : { 'mcp-session-id': session }, ready);
  return session;
}

export interface McpPosts {
  callModern: Post;
  callLegacy: Post;
  listModern: Post;
  listLegacy: Post;
}

/** A call and a list of tools in both eras. */
export async function mcpPosts(url: string): Promise<McpPosts> {
  const session = await openSession(url);
  return {
    callModern: modernPost(url, CALL),
    callLegacy: legacyPost(url, session, CALL),
    listModern: modernPost(url, LIST),
    listLegacy: legacyPost(url, session, LIST),
  };
}

/** Send it once. @throws Error when the answer is not the right one: fast errors are no result */
export async function tryOnce({ url, headers, body }: Post): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const wanted = body.includes('tools/list') ? '"get_usage"' : String(OUTPUT['answer']);
  if (response.ok && text.includes(wanted) && !text.includes('"isError":true')) return text;
  throw new Error(`${url} answered ${String(response.status)}: ${text.slice(0, 500)}`);
}
