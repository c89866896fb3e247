import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { Problem } from '../../schemas/wire/problem.ts';
import { buildApp } from '../../src/app/app.ts';
import type { Core } from '../../src/core/services/core.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { tools } from '../../tools/index.ts';
import type { CallTool, Connection } from './called.ts';
import { CLOCK_ENV } from './clock-env.ts';
import { openTestServer, type TestServerOptions } from './test-server.ts';
import {
  ABOUT_US,
  connectPerKey,
  legacyClient,
  MODERN,
  modernClient,
  overMcp,
  type McpClient,
} from './mcp-calls.ts';
import { overRest, overSse } from './rest-calls.ts';
import { silentLog, testConfig } from './test-app.ts';
import { OWNER } from './owner.ts';

export type { Called, CallTool } from './called.ts';
export { legacyClient, MODERN, modernClient } from './mcp-calls.ts';
export { overRest } from './rest-calls.ts';

export interface OpenFront {
  call: CallTool;
  /** The ledger, newest first. */
  rows(): Promise<WireCallMeta[]>;
  /** Do what only its owner may, with its keys and budgets. */
  manage<T>(work: (core: Core) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface FrontKind {
  name: 'REST JSON' | 'REST SSE' | 'MCP HTTP modern' | 'MCP HTTP legacy' | 'MCP stdio';
  /** A stdio server is a process of its own: it has the built-in tools and no others. */
  isProcess: boolean;
  open: (options: TestServerOptions) => Promise<OpenFront>;
}

export const MAIN = resolve('dist/src/main.js');

/** How a client of either generation starts our stdio server; nothing of our environment gets in. */
export const stdioCommand = (env: Record<string, string>, cwd: string) => ({
  command: process.execPath,
  args: [MAIN, 'mcp'],
  env: {
    ...CLOCK_ENV,
    HOME: cwd,
    TOLLGATE_DB: `sqlite:${join(cwd, '.tollgate', 'tollgate.db')}`,
    TOLLGATE_LOG_LEVEL: 'silent',
    ...env,
  },
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

async function openStdio({ modelUrl = '', settings }: TestServerOptions): Promise<OpenFront> {
  const folder = tempFolder();
  const db = join(folder.path, 'ledger.db');
  // JSON is YAML.
  if (settings) writeFileSync(join(folder.path, 'tollgate.yaml'), JSON.stringify(settings));
  const env = {
    TOLLGATE_DB: `sqlite:${db}`,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'key-of-a-test',
    ...(settings?.cache === undefined && { TOLLGATE_CACHE: 'off' }),
  };
  const { call, close } = await connectPerKey(async (key) => {
    const client = new Client(ABOUT_US, { versionNegotiation: { mode: { pin: MODERN } } });
    const whole = { ...env, ...(key !== undefined && { TOLLGATE_KEY: key }) };
    await client.connect(new StdioClientTransport(stdioCommand(whole, folder.path)));
    return { call: overMcp(client), close: () => client.close() };
  });
  return {
    call,
    async rows() {
      const store = openSqlite(db);
      const rows = await store.ledger.list({ limit: 1000 }, null);
      await store.close();
      return rows;
    },
    async manage(work) {
      const config = { ...testConfig({ TOLLGATE_DB: env.TOLLGATE_DB }), ...settings };
      const app = buildApp(config, { tools, log: silentLog });
      try {
        return await work(app);
      } finally {
        await app.close();
      }
    },
    async close() {
      await close();
      folder.remove();
    },
  };
}

type Connect = (url: string) => Promise<Connection>;

const overHttp = (name: FrontKind['name'], connect: Connect): FrontKind => ({
  name,
  isProcess: false,
  async open(options) {
    const server = await openTestServer(options);
    const { call, close } = await connect(server.url);
    return {
      call,
      rows: async () => (await server.app.ledger(OWNER).calls({ limit: 1000 })).calls,
      manage: (work) => work(server.app),
      async close() {
        await close?.();
        await server.close();
      },
    };
  },
});

/** Ways in over a house that is open already; each with its own connections. */
export const CONNECT = {
  'REST JSON': (url) => Promise.resolve({ call: overRest(url) }),
  'REST SSE': (url) => Promise.resolve({ call: overSse(url) }),
  'MCP HTTP modern': (url) =>
    connectPerKey(async (key) => {
      const client = await modernClient(url, key);
      return { call: overMcp(client), close: () => client.close() };
    }),
  'MCP HTTP legacy': (url) =>
    connectPerKey(async (key) => {
      const client = await legacyClient(url, key);
      const callTool: McpClient['callTool'] = (params, options) =>
        client.callTool(params as never, undefined, options);
      return { call: overMcp({ callTool }), close: () => client.close() };
    }),
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
