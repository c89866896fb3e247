import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../schemas/wire/problem.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { agreement, MODERN, stdioCommand, tempFolder } from '../support/fronts.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { send, type RawAnswer } from '../support/raw-http.ts';
import { OWNER } from '../support/owner.ts';

const envelope = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const modernCall = (name: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: {}, _meta: envelope },
});
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'a', version: '1' },
  },
};
const BOTH = 'application/json, text/event-stream';

/** A request that would be answered; each case spoils one thing about it. */
const WAYS = [
  {
    name: 'REST JSON',
    path: '/v1/tools/get_budget',
    headers: { accept: 'application/json' },
    body: {},
  },
  {
    name: 'REST SSE',
    path: '/v1/tools/get_budget',
    headers: { accept: 'text/event-stream' },
    body: {},
  },
  {
    name: 'MCP HTTP modern',
    path: '/mcp',
    headers: {
      accept: BOTH,
      'mcp-protocol-version': MODERN,
      'mcp-method': 'tools/call',
      'mcp-name': 'get_budget',
    },
    body: modernCall('get_budget'),
  },
  { name: 'MCP HTTP legacy', path: '/mcp', headers: { accept: BOTH }, body: initialize },
] as const;

interface Spoiled {
  what: string;
  code: Code;
  method?: string;
  headers?: Record<string, string | undefined>;
  body?: string;
  below?: string;
  rpcCode?: number;
  /** True where the path itself is part of what is said. */
  saysPath?: boolean;
}

const CASES: Spoiled[] = [
  { what: 'malformed JSON', code: 'malformed_json', body: '{"question": "Wh', rpcCode: -32700 },
  { what: 'an empty body', code: 'malformed_json', body: '', rpcCode: -32700 },
  {
    what: 'a body that poisons prototypes',
    code: 'malformed_json',
    body: '{"__proto__": {"a": 1}}',
    rpcCode: -32700,
  },
  { what: 'too large a body', code: 'payload_too_large', body: `{"a":"${'x'.repeat(5000)}"}` },
  {
    what: 'another media type',
    code: 'unsupported_media_type',
    headers: { 'content-type': 'text/plain' },
  },
  {
    what: 'no media type',
    code: 'unsupported_media_type',
    headers: { 'content-type': undefined },
  },
  { what: 'a Host that is not ours', code: 'forbidden_host', headers: { host: 'evil.example' } },
  {
    what: 'an Origin that is not ours',
    code: 'forbidden_origin',
    headers: { origin: 'https://evil.example' },
  },
  { what: 'an opaque Origin', code: 'forbidden_origin', headers: { origin: 'null' } },
  {
    what: 'an Accept that nothing fits',
    code: 'not_acceptable',
    headers: { accept: 'image/png' },
    saysPath: true,
  },
  { what: 'an unknown route', code: 'unknown_route', below: '/x/y', saysPath: true },
  { what: 'another method', code: 'method_not_allowed', method: 'PATCH', saysPath: true },
];

const agreed = agreement();

describe.each(WAYS)('over $name', ({ name, path, headers, body }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer({
      modelUrl: 'http://127.0.0.1:9',
      settings: { body_limit_bytes: 4096, public_url: 'https://tollgate.example' },
    });
  });
  afterAll(() => server.close());

  const sendSpoiled = (each: Partial<Spoiled>): Promise<RawAnswer> =>
    send(`${server.url}${path}${each.below ?? ''}`, {
      method: each.method ?? 'POST',
      headers: { 'content-type': 'application/json', ...headers, ...each.headers },
      body: each.body ?? JSON.stringify(body),
    });

  it.each(CASES)('$what is $code', async (each) => {
    const answer = await sendSpoiled(each);
    const problem = problemOf(answer);
    expect(answer.status).toBe(CODES[each.code].status);
    expect(Problem.strict().parse(problem)).toEqual(problem);
    expect(problem).toMatchObject({
      code: each.code,
      status: answer.status,
      call_id: null,
      doc_url: `https://tollgate.example/errors/${each.code}`,
    });
    expect(problem.next_actions).not.toEqual([]);
    const said = { ...problem, ...(each.saysPath && { detail: '' }) };
    expect(said).toEqual(agreed(each.what, said));
    expect((await server.app.ledger(OWNER).calls({ limit: 5 })).calls).toEqual([]);

    // What is not a route of MCP's is not answered in its way.
    const isRpc = name.startsWith('MCP') && each.code !== 'unknown_route' && !each.method;
    if (!isRpc) {
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      return;
    }
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: { code: each.rpcCode ?? -32600, message: problem.detail },
    });
  });

  it('too large a body says how large it may be', async () => {
    const answer = await sendSpoiled({ body: `{"a":"${'x'.repeat(5000)}"}` });
    expect(problemOf(answer).limits).toMatchObject([{ unit: 'bytes', limit: 4096 }]);
  });

  it('another method is told which ones there are', async () => {
    const { headers: received } = await sendSpoiled({ method: 'PATCH' });
    expect(received.allow).toContain('POST');
  });

  it.each(['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8484'])(
    'a page of this machine (%s) is welcome',
    async (origin) => {
      expect((await sendSpoiled({ headers: { origin } })).status).toBe(200);
    },
  );

  it('the unspoiled request is answered', async () => {
    expect((await sendSpoiled({})).status).toBe(200);
  });
});

function problemOf(answer: RawAnswer): Problem {
  const body = answer.json() as Problem & { error?: { data: Problem } };
  return body.error?.data ?? body;
}

describe('over MCP stdio', () => {
  it('a malformed line is answered or ignored, and the server lives on', async () => {
    const folder = tempFolder();
    const { command, args, env, cwd } = stdioCommand({}, folder.path);
    const server = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(server, 'exit');
    const lines = createInterface(server.stdout);
    const answered = new Promise<{ result: { tools: unknown[] } }>((resolve) => {
      lines.on('line', (line) => {
        const message = JSON.parse(line) as { id?: unknown; result: { tools: unknown[] } };
        expect(message).toMatchObject({ jsonrpc: '2.0' });
        if (message.id === 7) resolve(message);
      });
    });
    const list = { jsonrpc: '2.0', id: 7, method: 'tools/list', params: { _meta: envelope } };
    for (const line of ['{"jsonrpc":', 'hello', '[]', 'null', JSON.stringify(list)]) {
      server.stdin.write(`${line}\n`);
    }
    expect((await answered).result.tools).toHaveLength(10);
    server.stdin.end();
    expect(await exited).toEqual([0, null]);
    folder.remove();
  });
});
