import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { Problem } from '../../schemas/wire/problem.ts';
import { IDEMPOTENCY_META_KEY } from '../../src/fronts/shared/idempotency-key.ts';
import { PROMPT_META_KEY } from '../../src/fronts/shared/prompt-wish.ts';
import { bearer, failed, type Called, type CallTool, type Connection } from './called.ts';

export const MODERN = '2026-07-28';
export const ABOUT_US = { name: 'a test', version: '1.0.0' };

/** What both generations of clients have in common. */
export interface McpClient {
  callTool(params: object, options: object): Promise<object>;
}

interface ToolResult {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: unknown;
  _meta: { 'tollgate/call'?: WireCallMeta; 'tollgate/problem'?: Problem };
}

/** Calls over a client that is connected. */
export const overMcp =
  (client: McpClient): CallTool =>
  async (name, input, { signal, labels, idempotencyKey, prompt, onEvent } = {}) => {
    const events: Called['events'] = [];
    const onprogress = (progress: { _meta?: Record<string, unknown> }): void => {
      const event = progress._meta?.['tollgate/event'] as Called['events'][number];
      events.push(event);
      onEvent?.(event.event);
    };
    const params = {
      name,
      arguments: input,
      _meta: {
        ...(labels && { 'tollgate/labels': labels }),
        ...(idempotencyKey !== undefined && { [IDEMPOTENCY_META_KEY]: idempotencyKey }),
        ...(prompt !== undefined && { [PROMPT_META_KEY]: prompt }),
      },
    };
    try {
      const result = await client.callTool(params, { onprogress, ...(signal && { signal }) });
      return toCalled(result as ToolResult, events);
    } catch (error) {
      const { code, data } = error as { code?: unknown; data?: unknown };
      // The one protocol error a call may end with: there is no such tool.
      if (code === -32602 && data !== undefined) return failed(data, events);
      throw error;
    }
  };

function toCalled(
  { isError, content, structuredContent, _meta }: ToolResult,
  events: Called['events'],
): Called {
  const [block, ...others] = content;
  if (block?.type !== 'text' || others.length > 0) throw new Error('a result is one text block');
  const inText: unknown = JSON.parse(block.text);
  const call = _meta['tollgate/call'] ?? null;
  if (!isError) {
    same(inText, structuredContent, 'the text block is not the structured content');
    return { ok: true, output: structuredContent, call, problem: null, events };
  }
  if (structuredContent !== undefined) throw new Error('an error has structured content');
  same(inText, _meta['tollgate/problem'], 'the text block is not the problem in _meta');
  return { ...failed(inText, events), call };
}

function same(a: unknown, b: unknown, otherwise: string): void {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(otherwise);
}

/** Where a secret goes in the transports of both generations. */
const withKey = (key: string | undefined) => ({ requestInit: { headers: bearer(key) } });

export async function modernClient(url: string, key?: string): Promise<Client> {
  const client = new Client(ABOUT_US, { versionNegotiation: { mode: { pin: MODERN } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), withKey(key)));
  return client;
}

/** The client of before; once it has the list it checks every output against its schema. */
export async function legacyClient(url: string, key?: string): Promise<OldClient> {
  const client = new OldClient(ABOUT_US);
  await client.connect(new OldHttpTransport(new URL(`${url}/mcp`), withKey(key)));
  await client.listTools();
  return client;
}

/**
 * One connection per key. The one without is opened at once; where nobody is let in without a key,
 * that shows when it is used.
 */
export async function connectPerKey(
  connect: (key: string | undefined) => Promise<Required<Connection>>,
): Promise<Required<Connection>> {
  const connections = new Map<string | undefined, Promise<Required<Connection>>>();
  const connectionOf = (key: string | undefined): Promise<Required<Connection>> => {
    const known = connections.get(key);
    if (known) return known;
    const opened = connect(key);
    connections.set(key, opened);
    // Who is not let in now may be the next time.
    opened.catch(() => connections.delete(key));
    return opened;
  };
  await Promise.allSettled([connectionOf(undefined)]);
  return {
    async call(tool, input, extra = {}) {
      try {
        const { call } = await connectionOf(extra.key);
        return await call(tool, input, extra);
      } catch (error) {
        const problem = refusalIn(error);
        if (problem === null) throw error;
        return failed(problem);
      }
    },
    async close() {
      const open = await Promise.allSettled(connections.values());
      await Promise.all(
        open.map(async (one) => {
          if (one.status === 'fulfilled') await one.value.close();
        }),
      );
    },
  };
}

/** The problem of a request that was refused before it reached the protocol; clients keep its body as text. */
function refusalIn(error: unknown): Problem | null {
  const { data, message } = error as { data?: { text?: string }; message?: string };
  const [json] = /\{"jsonrpc".*\}$/s.exec(data?.text ?? message ?? '') ?? [];
  if (json === undefined) return null;
  const { error: refused } = JSON.parse(json) as { error?: { data?: Problem } };
  return refused?.data ?? null;
}
