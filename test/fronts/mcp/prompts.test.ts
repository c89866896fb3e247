import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../schemas/wire/problem.ts';
import { tools } from '../../../tools/index.ts';
import { fakeCore, principal, type FakeCore } from '../../support/fake-core.ts';
import { openFakeMcp, type FakeMcp } from '../../support/fake-mcp.ts';
import { legacyClient, modernClient } from '../../support/mcp-calls.ts';

/** What is asked of both generations of clients here. */
interface AnyClient {
  listPrompts(): Promise<{ prompts: object[] }>;
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<object>;
  listResources(): Promise<{ resources: object[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: object[] }>;
  readResource(params: { uri: string }): Promise<{ contents: object[] }>;
  complete(params: Completion): Promise<{ completion: { values: string[] } }>;
  close(): Promise<void>;
}

interface Completion {
  ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
  argument: { name: string; value: string };
  context?: { arguments: Record<string, string> };
}

const ERAS = { modern: modernClient, legacy: legacyClient };
const TEMPLATE = { type: 'ref/resource', uri: 'prompt://{id}/{version}' } as const;

let core: FakeCore;
let mcp: FakeMcp;
beforeAll(async () => {
  core = fakeCore();
  core.known
    .set('anna', principal('anna'))
    .set('cleo', principal('cleo', { tools: ['get_usage'] }));
  mcp = await openFakeMcp(core);
});
beforeEach(() => {
  core.prompts.broken = null;
});
afterAll(() => mcp.server.close());

interface Refusal {
  code: number;
  message: string;
  data: Problem;
}

const refusalOf = (asked: Promise<unknown>): Promise<Refusal> =>
  asked.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as Refusal,
  );

describe.each(Object.entries(ERAS))('prompts over %s HTTP', (era, connect) => {
  let anna: AnyClient;
  let cleo: AnyClient;
  beforeAll(async () => {
    [anna, cleo] = await Promise.all([connect(mcp.url, 'anna'), connect(mcp.url, 'cleo')]);
  });
  afterAll(() => Promise.all([anna.close(), cleo.close()]));

  it('are listed with what their tool is for and what they need', async () => {
    const { prompts } = await anna.listPrompts();
    expect(prompts).toEqual([
      {
        name: 'faq',
        title: 'Answer a question',
        description: tools.find(({ name }) => name === 'answer_question')?.description,
        arguments: [
          { name: 'question', description: 'What is asked', required: true },
          { name: 'context', description: 'Documents (as JSON: array)', required: false },
        ],
      },
    ]);
  });

  it('are got filled in, as one message: what the model is told, then what it is asked', async () => {
    const given = { question: 'May I?', context: '[{"text":"Yes."}]' };
    const got = await anna.getPrompt({ name: 'faq', arguments: given });
    expect(got).toMatchObject({
      description: 'The v2.',
      messages: [{ role: 'user', content: { type: 'text', text: 'Be kind.\n\nMay I?' } }],
    });
    expect(core.prompts.filled.at(-1)).toEqual(given);
  });

  it('begin with the question where the model is told nothing', async () => {
    const got = await anna.getPrompt({ name: 'faq', arguments: { question: 'May I?' } });
    expect(got).toMatchObject({ messages: [{ content: { text: 'May I?' } }] });
  });

  it.each([
    ['an unknown prompt', { name: 'nope', arguments: {} }, 'unknown_prompt'],
    ['a missing argument', { name: 'faq', arguments: {} }, 'invalid_input'],
    ['no arguments', { name: 'faq' }, 'invalid_input'],
  ])('are refused for %s, with the problem', async (_what, params, code) => {
    const { code: rpcCode, message, data } = await refusalOf(anna.getPrompt(params));
    expect([rpcCode, data.code, data.call_id]).toEqual([-32602, code, null]);
    expect(message).toContain(data.detail);
    expect(data.next_actions.length).toBeGreaterThan(0);
  });

  /** As a client without types sends it. */
  const wrongly = (what: unknown): never => what as never;
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'an argument that is no string',
      () => anna.getPrompt(wrongly({ name: 'faq', arguments: { question: 5 } })),
      '/arguments/question',
    ],
    ['no name', () => anna.getPrompt(wrongly({})), '/name'],
    ['an address that is none', () => anna.readResource(wrongly({ uri: 7 })), '/uri'],
    [
      'nothing to complete',
      () => anna.complete(wrongly({ ref: { type: 'ref/prompt', name: 'faq' } })),
      '/argument',
    ],
    [
      'a completion of something else',
      () => anna.complete(wrongly({ ref: { type: 'ref' }, argument: { name: '', value: '' } })),
      '/ref/type',
    ],
  ])(
    'are refused for %s as the mistake of the client, and say which',
    async (...[, ask, place]) => {
      const { code, data } = await refusalOf(ask());
      expect([code, data.code]).toEqual([-32602, 'invalid_request']);
      expect(data.errors?.[0]?.pointer).toBe(place);
      expect(data.detail).toContain(`params${place}: `);
    },
  );

  it('are resources, version by version, with their state and why they are there', async () => {
    const { resources } = await anna.listResources();
    expect(resources.map((each) => (each as { name: string }).name)).toEqual([
      'faq@v1',
      'faq@v2',
      'faq@v11',
    ]);
    expect(resources.at(-1)).toEqual({
      uri: 'prompt://faq/v11',
      name: 'faq@v11',
      title: 'Answer a question: prompt v11',
      description: 'draft: The v11.',
      mimeType: 'text/markdown',
    });
  });

  it('have one template of addresses', async () => {
    const { resourceTemplates } = await anna.listResourceTemplates();
    expect(resourceTemplates).toMatchObject([
      { uriTemplate: 'prompt://{id}/{version}', mimeType: 'text/markdown' },
    ]);
  });

  it('are read as they stand in their file', async () => {
    const uri = 'prompt://faq/v2';
    const { contents } = await anna.readResource({ uri });
    expect(contents).toEqual([{ uri, mimeType: 'text/markdown', text: '# The v2 of faq' }]);
  });

  it.each([
    'prompt://faq/v9',
    'prompt://nope/v1',
    'prompt://faq',
    'prompt://faq/v1/more',
    'file:///etc/passwd',
    'not an address',
  ])('are no resource at %s', async (uri) => {
    const refused = anna.readResource({ uri });
    await expect(refused).rejects.toMatchObject({ code: -32602, data: { uri } });
    await expect(refused).rejects.toThrow(/Resource not found\. There is|Resource not found\. Res/);
  });

  it('say what their arguments may be', async () => {
    const ref = { type: 'ref/prompt', name: 'faq' } as const;
    const of = async (name: string): Promise<string[]> =>
      (await anna.complete({ ref, argument: { name, value: 'How' } })).completion.values;
    expect(await of('question')).toEqual(['How much?', 'How long?']);
    expect(await of('context')).toEqual([]);
    await expect(
      anna.complete({ ref: { ...ref, name: 'nope' }, argument: { name: 'a', value: '' } }),
    ).rejects.toMatchObject({ code: -32602, data: { code: 'unknown_prompt' } });
  });

  it.each<[string, Completion['argument'], Record<string, string> | null, string[]]>([
    ['ids', { name: 'id', value: '' }, null, ['faq']],
    ['ids that begin so', { name: 'id', value: 'x' }, null, []],
    ['versions', { name: 'version', value: '' }, null, ['v1', 'v2', 'v11']],
    ['versions that begin so', { name: 'version', value: 'v1' }, { id: 'faq' }, ['v1', 'v11']],
    ['versions of no prompt', { name: 'version', value: '' }, { id: 'nope' }, []],
    ['what is no part of it', { name: 'constructor', value: '' }, null, []],
  ])('complete their address with %s', async (...[, argument, given, values]) => {
    const context = given === null ? {} : { context: { arguments: given } };
    const { completion } = await anna.complete({ ref: TEMPLATE, argument, ...context });
    expect(completion).toEqual({ values, total: values.length, hasMore: false });
  });

  it('complete no template that is not there', async () => {
    await expect(
      anna.complete({
        ref: { type: 'ref/resource', uri: 'file:///{path}' },
        argument: { name: 'path', value: 'e' },
      }),
    ).rejects.toMatchObject({ code: -32602, data: { code: 'invalid_request' } });
  });

  it('are not there for a key that may not call their tools', async () => {
    expect(await cleo.listPrompts()).toMatchObject({ prompts: [] });
    expect(await cleo.listResources()).toMatchObject({ resources: [] });
    const argument = { name: 'id', value: '' };
    const { completion } = await cleo.complete({ ref: TEMPLATE, argument });
    expect(completion.values).toEqual([]);
    const given = { name: 'faq', arguments: { question: 'May I?' } };
    await expect(cleo.getPrompt(given)).rejects.toMatchObject({ data: { code: 'unknown_prompt' } });
    const uri = 'prompt://faq/v1';
    await expect(cleo.readResource({ uri })).rejects.toMatchObject({ data: { uri } });
  });

  it('that break because of us say nothing of how, which is logged', async () => {
    core.prompts.broken = new Error('disk /dev/sda1 is full');
    mcp.errors.length = 0;
    const refused = anna.getPrompt({ name: 'faq', arguments: { question: 'May I?' } });
    await expect(refused).rejects.toMatchObject({
      code: -32603,
      data: { code: 'internal_error' },
      message: expect.not.stringContaining('sda1') as string,
    });
    expect(mcp.errors).toMatchObject([{ cause: { message: 'disk /dev/sda1 is full' } }]);
  });

  it(`of the ${era} era may be kept for a minute, by whoever asked`, async () => {
    const own = { ttlMs: 60_000, cacheScope: 'private' };
    const kept = [
      [await anna.listPrompts(), own],
      [await anna.listResources(), own],
      [await anna.readResource({ uri: 'prompt://faq/v1' }), own],
      [await anna.listResourceTemplates(), { ttlMs: 300_000, cacheScope: 'public' }],
    ] as const;
    for (const [result, hint] of kept) {
      if (era === 'modern') expect(result).toMatchObject(hint);
      else expect(result).not.toHaveProperty('ttlMs');
    }
  });
});
