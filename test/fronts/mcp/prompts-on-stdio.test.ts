import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveMcpOnStdio } from '../../../src/fronts/mcp/stdio.ts';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';
import { ABOUT_US, MODERN } from '../../support/mcp-calls.ts';

let core: FakeCore;
let errors: Error[];
let stdin: PassThrough;
let lines: ReturnType<typeof createInterface>;
let close = (): Promise<void> => Promise.resolve();

beforeEach(() => {
  core = fakeCore();
  core.known.set(null, 'missing_key').set('tg_anna', principal('anna'));
  errors = [];
  stdin = new PassThrough();
  const stdout = new PassThrough();
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
  vi.spyOn(process, 'stdout', 'get').mockReturnValue(stdout as never);
  lines = createInterface(stdout);
});
afterEach(async () => {
  await close();
  vi.restoreAllMocks();
});

interface Message {
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data: { code: string } };
}
type Ask = (method: string, params?: object) => Promise<Message>;

const send: Ask = async (method, params = {}) => {
  const answered = once(lines, 'line');
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
  const [line] = (await answered) as [string];
  return JSON.parse(line) as Message;
};

const _meta = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Serves whoever has this secret. @returns how a client of the era asks */
const ERAS: Record<string, () => Promise<Ask>> = {
  modern: () => Promise.resolve((method, params) => send(method, { ...params, _meta })),
  legacy: async () => {
    const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: ABOUT_US };
    await send('initialize', hello);
    return send;
  },
};

async function open(era: keyof typeof ERAS, secret: string | null): Promise<Ask> {
  const served = serveMcpOnStdio(core, secret, (error) => errors.push(error));
  close = () => served.close();
  const ask = await ERAS[era]?.();
  if (!ask) throw new Error('there is no such era');
  return ask;
}

const GET = { name: 'faq', arguments: { question: 'May I?' } };
const READS: [string, object][] = [
  ['prompts/list', {}],
  ['prompts/get', GET],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['resources/read', { uri: 'prompt://faq/v1' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'faq' }, argument: { name: 'question', value: 'How' } },
  ],
];

describe.each(Object.keys(ERAS))('prompts on stdio, for a client of the %s era,', (era) => {
  it('are there for whoever the key of the process belongs to', async () => {
    const ask = await open(era, 'tg_anna');
    for (const [method, params] of READS) {
      expect(await ask(method, params)).toMatchObject({ result: {} });
    }
    expect(core.prompts.filled).toEqual([GET.arguments]);
  });

  it.each([
    ['no key', null, 'missing_key'],
    ['a wrong key', 'tg_nobody', 'invalid_key'],
  ])('are not there with %s: the error says so', async (_what, secret, code) => {
    const ask = await open(era, secret);
    for (const [method, params] of READS) {
      const { error, result } = await ask(method, params);
      expect(result).toBeUndefined();
      expect(error).toMatchObject({ code: -32600, message: `It is ${code}.`, data: { code } });
    }
    expect(core.prompts.filled).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('are gone from the moment the key is revoked', async () => {
    const ask = await open(era, 'tg_anna');
    expect(await ask('prompts/list')).toHaveProperty('result');
    core.known.set('tg_anna', 'revoked_key');
    expect((await ask('prompts/list')).error?.data.code).toBe('revoked_key');
  });

  it.each<[string, () => void]>([
    ['the keys cannot be read', () => core.known.set('tg_anna', new Error('/dev/sda1 is full'))],
    ['the prompts cannot be read', () => (core.prompts.broken = new Error('/dev/sda1 is full'))],
  ])('say nothing of how it comes that %s, which is logged once', async (_what, breakIt) => {
    const ask = await open(era, 'tg_anna');
    breakIt();
    const { error } = await ask('prompts/list');
    expect(error).toMatchObject({ code: -32603, data: { code: 'internal_error' } });
    expect(JSON.stringify(error)).not.toContain('sda1');
    expect(errors.map((each) => each.cause ?? each)).toMatchObject([
      { message: '/dev/sda1 is full' },
    ]);
  });
});
