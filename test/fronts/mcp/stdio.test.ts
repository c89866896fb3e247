import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { MODERN, stdioCommand, tempFolder } from '../../support/fronts.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';

interface Message {
  jsonrpc: string;
  id?: number;
  method?: string;
  params?: { progress: number; message: string };
  result?: Record<string, unknown>;
}

let folder: ReturnType<typeof tempFolder>;
let fakeAnthropic: FakeAnthropic;
let server: ChildProcessByStdio<Writable, Readable, Readable>;
let exited: Promise<unknown[]>;
let lines: string[];
let reader: Interface;
let stderr: string;

beforeEach(async () => {
  folder = tempFolder();
  fakeAnthropic = await startFakeAnthropic();
  const env = {
    ANTHROPIC_BASE_URL: fakeAnthropic.url,
    ANTHROPIC_API_KEY: 'key-of-a-test',
    // Log lines go somewhere too; not to where the protocol is.
    TOLLGATE_LOG_LEVEL: 'trace',
  };
  // Another folder than the repository.
  const { command, args, env: whole, cwd } = stdioCommand(env, folder.path);
  server = spawn(command, args, { env: whole, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  exited = once(server, 'exit');
  lines = [];
  stderr = '';
  reader = createInterface(server.stdout).on('line', (line) => lines.push(line));
  server.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
});
afterEach(async () => {
  server.kill('SIGKILL');
  await exited;
  await fakeAnthropic.close();
  folder.remove();
});

const write = (message: object): void => {
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
};

async function messageWhere(fits: (message: Message) => boolean): Promise<Message> {
  const find = (): Message | undefined =>
    lines.map((line) => JSON.parse(line) as Message).find(fits);
  for (let found = find(); ; found = find()) {
    if (found) return found;
    await once(reader, 'line');
  }
}
const answerTo = (id: number): Promise<Message> => messageWhere((message) => message.id === id);

const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const call = (id: number, name: string, args: object = {}): void => {
  const _meta = { ...META, progressToken: id };
  write({ id, method: 'tools/call', params: { name, arguments: args, _meta } });
};

const rows = async () => {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  const found = await store.ledger.list({ limit: 10 }, null);
  await store.close();
  return found;
};

describe('the stdio server', () => {
  it('answers the first tools/list, and writes nothing but JSON-RPC', async () => {
    write({ id: 1, method: 'tools/list', params: { _meta: META } });
    expect((await answerTo(1)).result?.['tools']).toHaveLength(10);
    call(2, 'answer_question', { question: 'How long?' });
    call(3, 'answer_question', {});
    call(4, 'get_usage');
    await Promise.all([2, 3, 4].map(answerTo));
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      expect(message.jsonrpc).toBe('2.0');
      expect(message.id !== undefined || message.method === 'notifications/progress').toBe(true);
    }
    // Its log is on standard error, as JSON lines.
    const closed = once(server, 'close');
    server.stdin.end();
    await closed;
    const logged = stderr.trim().split('\n');
    expect(logged.map((line) => (JSON.parse(line) as { tool: string }).tool).sort()).toEqual([
      'answer_question',
      'answer_question',
      'get_usage',
    ]);
  });

  it('sends the text of an answer as progress, whole and before the result', async () => {
    fakeAnthropic.script = {
      pieces: ['{"answer":"With', 'in 30 ', 'days.","found":true,"sources":[]}'],
    };
    call(7, 'answer_question', { question: 'How long?' });
    await answerTo(7);
    const messages = lines.map((line) => JSON.parse(line) as Message);
    expect(messages.map(({ id, params }) => id ?? params?.progress)).toEqual([1, 2, 3, 4, 7]);
    expect(messages.map(({ params }) => params?.message)).toEqual([
      'answer_question started',
      'With',
      'in 30 ',
      'days.',
      undefined,
    ]);
  });

  it('ends well when its client closes standard input', async () => {
    write({ id: 1, method: 'tools/list', params: { _meta: META } });
    await answerTo(1);
    server.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it('stops the model and writes the row when its client leaves in mid-call', async () => {
    fakeAnthropic.script = { pieces: ['{"answer":"Within ', '30 '], then: 'wait' };
    call(1, 'answer_question', { question: 'How long?' });
    // The second one: by then the model has written something.
    await messageWhere(({ params }) => params?.progress === 2);
    server.stdin.end();
    await fakeAnthropic.left();
    expect(await exited).toEqual([0, null]);
    expect(await rows()).toMatchObject([
      { front: 'mcp_stdio', finish: 'cancelled', usage: { source: 'estimated' } },
    ]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends well on %s', async (signal) => {
    write({ id: 1, method: 'tools/list', params: { _meta: META } });
    await answerTo(1);
    server.kill(signal);
    expect(await exited).toEqual([0, null]);
  });

  it('shares its ledger with the servers of other agents', async () => {
    const { command, args, env, cwd } = stdioCommand({}, folder.path);
    const other = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const otherExited = once(other, 'exit');
    const ask = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
    const params = { name: 'get_budget', arguments: {}, _meta: META };
    other.stdin.write(`${JSON.stringify({ ...ask, params })}\n`);
    call(1, 'get_budget');
    await Promise.all([answerTo(1), once(createInterface(other.stdout), 'line')]);
    expect(await rows()).toHaveLength(2);
    other.stdin.end();
    expect(await otherExited).toEqual([0, null]);
  });
});
