import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveMcpOnStdio } from '../../../src/fronts/mcp/stdio.ts';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';
import { MODERN } from '../../support/mcp-calls.ts';

let core: FakeCore;
let errors: Error[];
let stdin: PassThrough;
let lines: ReturnType<typeof createInterface>;
let close = (): Promise<void> => Promise.resolve();

beforeEach(() => {
  core = fakeCore();
  core.known
    .set(null, 'missing_key')
    .set('tg_anna', principal('anna'))
    .set('tg_cleo', principal('cleo', { tools: ['get_usage'] }));
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

const serve = (secret: string | null): void => {
  const served = serveMcpOnStdio(core, secret, (error) => errors.push(error));
  close = () => served.close();
};

const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const CALL = { name: 'answer_question', arguments: { question: 'May I?' } };

interface Result {
  tools?: { name: string }[];
  isError?: boolean;
  cacheScope?: string;
  content?: { text: string }[];
  _meta?: Record<string, unknown>;
}

/** Ask, and wait for the answer. */
async function ask(method: string, params: object = {}, meta: object = {}): Promise<Result> {
  const answered = once(lines, 'line');
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { ...params, _meta: { ...META, ...meta } },
  };
  stdin.write(`${JSON.stringify(message)}\n`);
  const [line] = (await answered) as [string];
  return (JSON.parse(line) as { result: Result }).result;
}
const call = (meta?: object): Promise<Result> => ask('tools/call', CALL, meta);

describe('a call on stdio', () => {
  it('is made by whoever the key of the process belongs to', async () => {
    serve('tg_anna');
    await call({ 'tollgate/idempotency_key': 'order-7', 'tollgate/labels': { team: 't1' } });
    expect(core.asked).toMatchObject([
      { principal: { id: 'anna' }, idempotencyKey: 'order-7', labels: { team: 't1' } },
    ]);
  });

  it('is refused in words where there is no key, as a result without a call', async () => {
    serve(null);
    const { isError, content, _meta } = await call();
    expect(isError).toBe(true);
    const problem = JSON.parse(content?.[0]?.text ?? '') as object;
    expect(problem).toMatchObject({ code: 'missing_key', call_id: null });
    expect(_meta?.['tollgate/problem']).toEqual(problem);
    expect(_meta).not.toHaveProperty('tollgate/call');
    expect(core.asked).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('is refused from the moment the key is revoked', async () => {
    serve('tg_anna');
    expect((await call()).isError).toBeUndefined();
    core.known.set('tg_anna', 'revoked_key');
    expect((await call())._meta).toMatchObject({ 'tollgate/problem': { code: 'revoked_key' } });
    expect(core.asked).toHaveLength(1);
  });

  it('that fails because of us says nothing of how, which is logged', async () => {
    serve('tg_anna');
    core.known.set('tg_anna', new Error('disk /dev/sda1 is full'));
    const result = await call();
    expect(result._meta).toMatchObject({ 'tollgate/problem': { code: 'internal_error' } });
    expect(JSON.stringify(result)).not.toContain('sda1');
    expect(errors).toMatchObject([{ message: 'disk /dev/sda1 is full' }]);
  });
});

describe('the list of tools on stdio', () => {
  const names = ({ tools = [] }: Result): string[] => tools.map(({ name }) => name);

  it('is what the key may call, and for nobody else to keep', async () => {
    serve('tg_cleo');
    const listed = await ask('tools/list');
    expect(names(listed)).toEqual(['get_usage']);
    expect(listed.cacheScope).toBe('private');
  });

  it.each([
    ['no key', null],
    ['a wrong key', 'tg_nobody'],
  ])('is whole with %s: the client must get as far as its first call', async (_, secret) => {
    serve(secret);
    expect(names(await ask('tools/list'))).toEqual(core.tools.map(({ name }) => name));
  });
});
