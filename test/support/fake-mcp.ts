import fastify, { type FastifyInstance } from 'fastify';
import { mountMcp } from '../../src/fronts/mcp/http.ts';
import { identifyCallers } from '../../src/fronts/rest/identify.ts';
import type { FakeCore } from './fake-core.ts';
import { MODERN } from './mcp-calls.ts';
import { send, type RawAnswer } from './raw-http.ts';

/** The MCP front over HTTP on its own, over a core that is a fake. */
export interface FakeMcp {
  server: FastifyInstance;
  url: string;
  /** What went wrong and was not the caller's fault. */
  errors: Error[];
}

export async function openFakeMcp(core: FakeCore): Promise<FakeMcp> {
  const errors: Error[] = [];
  const server = fastify({ forceCloseConnections: true });
  identifyCallers(server, core);
  mountMcp(server, core, {
    idleMs: 60_000,
    cap: 10,
    now: Date.now,
    onError: (error) => errors.push(error),
  });
  return { server, errors, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

export interface Sent {
  key?: string;
  method?: string;
  params?: Record<string, unknown>;
  /** Besides what the revision demands. */
  meta?: Record<string, unknown>;
  headers?: Record<string, string>;
}

const CALL = { name: 'answer_question', arguments: { question: 'May I?' } };

const headersFor = ({ key, headers }: Sent): Record<string, string> => ({
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  ...(key !== undefined && { authorization: `Bearer ${key}` }),
  ...headers,
});

/** One request of the stateless revision; a call, unless it is said otherwise. */
export function sendModern(url: string, sent: Sent = {}): Promise<RawAnswer> {
  const { method = 'tools/call', params = CALL, meta = {} } = sent;
  const { name } = params;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...meta,
  };
  return send(`${url}/mcp`, {
    method: 'POST',
    headers: {
      ...headersFor(sent),
      'mcp-protocol-version': MODERN,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
}

/** One request of the revisions before. */
export const sendLegacy = (url: string, sent: Sent = {}): Promise<RawAnswer> => {
  const { method = 'tools/call', params = CALL, meta } = sent;
  return send(`${url}/mcp`, {
    method: 'POST',
    headers: headersFor(sent),
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: { ...params, ...(meta && { _meta: meta }) },
    }),
  });
};

const HELLO = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'a test', version: '1.0.0' },
};

/** Opens a session. @returns its id */
export async function beginSession(url: string, key: string): Promise<string> {
  const { headers } = await sendLegacy(url, { key, method: 'initialize', params: HELLO });
  return String(headers['mcp-session-id']);
}

interface Message {
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data: Record<string, unknown> };
}

/** The one message of an answer, whether it came as JSON or as a stream. */
export const messageIn = ({ text }: RawAnswer): Message =>
  JSON.parse(/^data: (\{.+)$/m.exec(text)?.[1] ?? text) as Message;
