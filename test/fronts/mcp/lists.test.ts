import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../../tools/index.ts';
import {
  legacyClient,
  MODERN,
  modernClient,
  stdioCommand,
  tempFolder,
} from '../../support/fronts.ts';
import { fakeProvider } from '../../support/fake-provider.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';

/** The parts of both generations of clients that are looked at here. */
interface AnyClient {
  listTools(): Promise<{ tools: object[]; ttlMs?: number; cacheScope?: string }>;
  getInstructions(): string | undefined;
  getServerCapabilities(): object | undefined;
  getServerVersion(): object | undefined;
  close(): Promise<void>;
}

const NAME = { name: 'a test', version: '1.0.0' };
const folder = tempFolder();
let server: TestServer;
let clients: Record<string, AnyClient>;

beforeAll(async () => {
  server = await openTestServer({ provider: fakeProvider({}) });
  const stdio = new Client(NAME, { versionNegotiation: { mode: { pin: MODERN } } });
  const oldStdio = new OldClient(NAME);
  const command = stdioCommand({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }, folder.path);
  const [modern, legacy] = await Promise.all([
    modernClient(server.url),
    legacyClient(server.url),
    stdio.connect(new StdioClientTransport(command)),
    oldStdio.connect(new OldStdioTransport(command)),
  ]);
  clients = {
    'modern HTTP': modern,
    'legacy HTTP': legacy,
    'modern stdio': stdio,
    'legacy stdio': oldStdio,
  };
});
afterAll(async () => {
  await Promise.all(Object.values(clients).map((client) => client.close()));
  await server.close();
  folder.remove();
});

const WAYS = ['modern HTTP', 'legacy HTTP', 'modern stdio', 'legacy stdio'];
function clientOf(way: string): AnyClient {
  const client = clients[way];
  if (!client) throw new Error(`there is no ${way}`);
  return client;
}

describe.each(WAYS)('over %s', (way) => {
  it('the tools are those of the house, in its order', async () => {
    const { tools: listed } = await clientOf(way).listTools();
    expect(listed).toEqual(
      tools.map(({ name, title, description, json, annotations }) => ({
        name,
        title,
        description,
        inputSchema: json.input,
        outputSchema: json.output,
        annotations: { title, ...annotations },
      })),
    );
  });

  it('the instructions fit into every client', () => {
    const instructions = clientOf(way).getInstructions() ?? '';
    expect(instructions.length).toBeGreaterThan(200);
    expect(instructions.length).toBeLessThan(2_000);
    for (const word of [
      'tollgate/call',
      'estimate_cost',
      'next_actions',
      'retryable',
      'tollgate/prompt',
      'give_feedback',
      'budget_spent',
      '402',
      '429',
    ]) {
      expect(instructions).toContain(word);
    }
  });

  it('the server says its name, and that none of its lists changes', () => {
    expect(clientOf(way).getServerVersion()).toMatchObject({ name: 'tollgate', title: 'tollgate' });
    expect(clientOf(way).getServerCapabilities()).toEqual({
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false },
      completions: {},
    });
  });
});

describe('the modern list', () => {
  it.each(['modern HTTP', 'modern stdio'])('may be kept for a while, over %s', async (way) => {
    const { ttlMs, cacheScope } = await clientOf(way).listTools();
    expect(ttlMs).toBeGreaterThanOrEqual(60_000);
    expect(cacheScope).toBe('public');
  });
});

describe('what every client can take', () => {
  it.each(tools)('holds for $name', ({ name, description, json, annotations }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
    expect(description.length).toBeGreaterThan(80);
    expect(annotations).toMatchObject({
      readOnlyHint: name !== 'give_feedback',
      destructiveHint: false,
    });
    for (const schema of [json.input, json.output]) {
      expect(schema).toMatchObject({ type: 'object' });
      expect(Object.keys(schema)).not.toEqual(expect.arrayContaining(['anyOf', 'oneOf', 'allOf']));
      expect(JSON.stringify(schema)).not.toMatch(/"\$ref"|"\$schema"|"type":\[/);
    }
    expect(json.input).toMatchObject({ additionalProperties: false });
  });
});

describe('both eras on one route', () => {
  it('answer side by side, and only the old one has sessions', async () => {
    const [modern, legacy] = await Promise.all([
      modernClient(server.url),
      legacyClient(server.url),
    ]);
    const [a, b] = await Promise.all([modern.listTools(), legacy.listTools()]);
    expect(a.tools).toEqual(b.tools);
    expect(modern.transport?.sessionId).toBeUndefined();
    expect(legacy.transport?.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    await Promise.all([modern.close(), legacy.close()]);
  });
});
