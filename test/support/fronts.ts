import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { WireCallMeta } from '../../schemas/call.ts';
import type { Problem } from '../../schemas/problem.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { openHouse, type HouseOptions } from './house.ts';
import { isEvent, readBlocks } from './sse.ts';

/** What every front says of a call, in one shape. */
export interface Called {
  ok: boolean;
  output: unknown;
  /** Null where a front says nothing of the call: errors over HTTP, protocol errors over MCP. */
  call: WireCallMeta | null;
  problem: Problem | null;
  /** Events on the way, the terminal one left out. */
  events: { event: string; data: unknown }[];
}

export interface Extra {
  signal?: AbortSignal;
  labels?: Partial<WireCallMeta['labels']>;
  onEvent?: (event: string) => void;
}

export type CallTool = (tool: string, input: unknown, extra?: Extra) => Promise<Called>;

export interface OpenFront {
  call: CallTool;
  /** The ledger, newest first. */
  rows(): Promise<WireCallMeta[]>;
  close(): Promise<void>;
}

export interface FrontKind {
  name: 'REST JSON' | 'REST SSE' | 'MCP HTTP modern' | 'MCP HTTP legacy' | 'MCP stdio';
  /** A stdio server is a process of its own: it has the built-in tools and no others. */
  isProcess: boolean;
  open: (options: HouseOptions) => Promise<OpenFront>;
}

export const MODERN = '2026-07-28';
export const MAIN = resolve('dist/src/main.js');
const ABOUT_US = { name: 'a test', version: '1.0.0' };

const labelHeaders = (labels: Extra['labels'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`x-tollgate-${name}`, value ?? '']),
  );

const post =
  (url: string, accept: string): ((...args: Parameters<CallTool>) => Promise<Response>) =>
  (tool, input, { signal, labels } = {}) =>
    fetch(`${url}/v1/tools/${tool}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...labelHeaders(labels) },
      body: JSON.stringify(input),
      ...(signal && { signal }),
    });

const failed = (problem: unknown, events: Called['events'] = []): Called => ({
  ok: false,
  output: undefined,
  call: null,
  problem: problem as Problem,
  events,
});

type Answer = Pick<Called, 'output'> & { call: WireCallMeta };

export const overRest =
  (url: string): CallTool =>
  async (...args) => {
    const response = await post(url, 'application/json')(...args);
    const body: unknown = await response.json();
    return response.ok
      ? { ok: true, ...(body as Answer), problem: null, events: [] }
      : failed(body);
  };

export const overSse =
  (url: string): CallTool =>
  async (tool, input, extra = {}) => {
    const response = await post(url, 'text/event-stream')(tool, input, extra);
    if (!response.ok) return failed(await response.json());
    if (!response.body) throw new Error('a stream has a body');
    const events: Called['events'] = [];
    for await (const block of readBlocks(response.body)) {
      if (!isEvent(block)) continue;
      events.push({ event: block.event, data: block.data });
      extra.onEvent?.(block.event);
    }
    return fromEvents(events);
  };

/** Everything before the one terminal event, and what that says. */
function fromEvents(events: Called['events']): Called {
  const last = events.at(-1);
  const before = events.slice(0, -1);
  if (last?.event === 'error') return failed(last.data, before);
  if (last?.event !== 'done') throw new Error(`the stream ended with ${String(last?.event)}`);
  return { ok: true, ...(last.data as Answer), problem: null, events: before };
}

/** What both generations of clients have in common. */
interface McpClient {
  callTool(params: object, options: object): Promise<object>;
}

interface ToolResult {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: unknown;
  _meta: { 'tollgate/call': WireCallMeta; 'tollgate/problem'?: Problem };
}

const overMcp =
  (client: McpClient): CallTool =>
  async (name, input, { signal, labels, onEvent } = {}) => {
    const events: Called['events'] = [];
    const onprogress = (progress: { _meta?: Record<string, unknown> }): void => {
      const event = progress._meta?.['tollgate/event'] as Called['events'][number];
      events.push(event);
      onEvent?.(event.event);
    };
    const params = {
      name,
      arguments: input,
      ...(labels && { _meta: { 'tollgate/labels': labels } }),
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
  const call = _meta['tollgate/call'];
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

export async function modernClient(url: string): Promise<Client> {
  const client = new Client(ABOUT_US, { versionNegotiation: { mode: { pin: MODERN } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  return client;
}

/** The client of before; once it has the list it checks every output against its schema. */
export async function legacyClient(url: string): Promise<OldClient> {
  const client = new OldClient(ABOUT_US);
  await client.connect(new OldHttpTransport(new URL(`${url}/mcp`)));
  await client.listTools();
  return client;
}

/** How a client of either generation starts our stdio server; nothing of our environment gets in. */
export const stdioCommand = (env: Record<string, string>, cwd: string) => ({
  command: process.execPath,
  args: [MAIN, 'mcp'],
  env: { HOME: cwd, TOLLGATE_LOG_LEVEL: 'silent', ...env },
  cwd,
});

export const tempFolder = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-test-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

async function openStdio({ modelUrl = '', settings }: HouseOptions): Promise<OpenFront> {
  const folder = tempFolder();
  const db = join(folder.path, 'ledger.db');
  // JSON is YAML.
  if (settings) writeFileSync(join(folder.path, 'tollgate.yaml'), JSON.stringify(settings));
  const env = {
    TOLLGATE_DB: `sqlite:${db}`,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'key-of-a-test',
  };
  const client = new Client(ABOUT_US, { versionNegotiation: { mode: { pin: MODERN } } });
  await client.connect(new StdioClientTransport(stdioCommand(env, folder.path)));
  return {
    call: overMcp(client),
    async rows() {
      const store = openSqlite(db);
      const rows = await store.ledger.list({ limit: 1000 });
      await store.close();
      return rows;
    },
    async close() {
      await client.close();
      folder.remove();
    },
  };
}

type Connect = (url: string) => Promise<{ call: CallTool; close?: () => Promise<void> }>;

const overHttp = (name: FrontKind['name'], connect: Connect): FrontKind => ({
  name,
  isProcess: false,
  async open(options) {
    const house = await openHouse(options);
    const { call, close } = await connect(house.url);
    return {
      call,
      rows: async () => (await house.app.books.calls({ limit: 1000 })).calls,
      async close() {
        await close?.();
        await house.close();
      },
    };
  },
});

/** Ways in over a house that is open already; each with its own connection. */
export const CONNECT = {
  'REST JSON': (url) => Promise.resolve({ call: overRest(url) }),
  'REST SSE': (url) => Promise.resolve({ call: overSse(url) }),
  'MCP HTTP modern': async (url) => {
    const client = await modernClient(url);
    return { call: overMcp(client), close: () => client.close() };
  },
  'MCP HTTP legacy': async (url) => {
    const client = await legacyClient(url);
    return {
      call: overMcp({
        callTool: (params, options) => client.callTool(params as never, undefined, options),
      }),
      close: () => client.close(),
    };
  },
} satisfies Record<string, Connect>;

/** The five ways in. Each opens a house, or a process, of its own. */
export const FRONTS: readonly FrontKind[] = [
  ...Object.entries(CONNECT).map(([name, connect]) => overHttp(name as FrontKind['name'], connect)),
  { name: 'MCP stdio', isProcess: true, open: openStdio },
];

/** A problem without what differs from call to call. */
export const withoutIds = (problem: Problem | null): Partial<Problem> => {
  const rest: Partial<Problem> = { ...problem };
  delete rest.instance;
  delete rest.call_id;
  return rest;
};

/** What the first front says in a case, all others must say too. One per file of cases. */
export function agreement(): (name: string, said: unknown) => unknown {
  const first = new Map<string, unknown>();
  return (name, said) => {
    if (!first.has(name)) first.set(name, said);
    return first.get(name);
  };
}
