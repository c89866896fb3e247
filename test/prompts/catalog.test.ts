import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL, type Principal } from '../../src/core/call/principal.ts';
import type { PromptCatalog } from '../../src/core/call/prompt.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import type { ProblemError } from '../../src/errors/problem.ts';
import { buildPromptCatalog } from '../../src/prompts/catalog.ts';
import { openPrompts, type Prompts } from '../../src/prompts/open-prompts.ts';
import { tools } from '../../tools/index.ts';
import { OWNER } from '../support/owner.ts';
import { promptFolder, type PromptFolder } from '../support/prompt-folder.ts';

let folder: PromptFolder;
let prompts: Prompts;
let catalog: PromptCatalog;
beforeEach(async () => {
  folder = promptFolder({ from: 'prompts' });
  folder.write(
    'faq/split.yaml',
    'weights: { v1: 3, v2: 1 }\noverrides: [{ version: v2, team: shop, user: anna }]',
  );
  prompts = await openPrompts(folder.path, {
    onProblems: () => undefined,
    onChange: () => undefined,
  });
  catalog = buildPromptCatalog({
    tools,
    checks: buildSchemaChecks(),
    prompts: () => Promise.resolve(prompts),
  });
});
afterEach(() => {
  prompts.close();
  folder.remove();
});

const viewer = (over: Partial<Principal>): Principal => ({ ...LOCAL, id: 'web', ...over });
const nobody = { feature: null, user: null, team: null };

describe('prompts as callers see them', () => {
  it('are those of tools that they may call; what is tollgate’s own is nobody’s', async () => {
    const ids = async (by: Principal) => (await catalog.list(by)).prompts.map(({ id }) => id);
    expect(await ids(LOCAL)).toEqual(['classify', 'extract', 'faq', 'rewrite', 'summarize']);
    expect(await ids(viewer({ tools: ['answer_question', 'get_budget'] }))).toEqual(['faq']);
    expect(await ids(viewer({ tools: [] }))).toEqual([]);
  });

  it('show who is given which version, and every one of them', async () => {
    const { variables, versions, overrides, ...faq } = await catalog.show(LOCAL, 'faq');
    expect(faq).toEqual({ id: 'faq', title: 'Answer a question', tools: ['answer_question'] });
    expect(variables.map(({ name, required }) => [name, required])).toEqual([
      ['question', true],
      ['context', false],
    ]);
    expect(versions.map(({ version, share, uri }) => [version, share, uri])).toEqual([
      ['v1', 0.75, 'prompt://faq/v1'],
      ['v2', 0.25, 'prompt://faq/v2'],
    ]);
    expect(overrides).toEqual([{ version: 'v2', team: 'shop', user: 'anna' }]);
    const { text, hash } = await catalog.text(LOCAL, 'faq', 'v2');
    expect(text).toBe(folder.read('faq/v2.md'));
    expect(hash).toBe(versions[1]?.hash);
  });

  it.each([
    ['a prompt of a tool that the caller may not call', 'summarize', 'There are: faq.'],
    ['one of tollgate’s own', 'judge', 'There are: faq.'],
    ['one that there is not', '__proto__', 'There are: faq.'],
  ])('are unknown where it is %s', async (_what, id, known) => {
    const by = viewer({ tools: ['answer_question'] });
    for (const look of [
      catalog.show(by, id),
      catalog.text(by, id, 'v1'),
      catalog.fill(by, id, {}),
      catalog.complete(by, id, { argument: 'style', begun: '' }),
    ]) {
      await expect(look).rejects.toMatchObject({ code: 'unknown_prompt' });
      await expect(look).rejects.toThrow(`There is no prompt "${id}". ${known}`);
    }
    await expect(catalog.show(viewer({ tools: [] }), 'faq')).rejects.toThrow(
      'none that you may use',
    );
  });

  it('say which versions there are', async () => {
    await expect(catalog.text(LOCAL, 'faq', 'v9')).rejects.toThrow('There are: faq@v1, faq@v2.');
  });

  it('tell what is wrong on disk to who looks after prompts, and to nobody else', async () => {
    folder.write('faq/v2.md', 'half a fi');
    await prompts.reload();
    const broken = `${folder.path}/faq/v2.md: front matter between two --- lines is missing`;
    for (const one of [OWNER, LOCAL, viewer({ mayPin: true })])
      expect((await catalog.list(one)).trouble).toEqual([broken]);
    expect((await catalog.list(viewer({ mayPin: false }))).trouble).toEqual([]);
  });
});

describe('a prompt that is filled in', () => {
  it('is the version that would answer that caller, with the defaults of the tool', async () => {
    const ask = { question: ' How long? ' };
    const anna = { feature: null, team: 'shop', user: 'anna' };
    const { description, system, user } = await catalog.fill(viewer({ labels: anna }), 'faq', ask);
    expect(description).toBe('Answer a question');
    expect(system).toContain('What to cite');
    expect(user).toBe('<question>\nHow long?\n</question>');
    folder.write('faq/split.yaml', 'weights: { v1: 1 }');
    await prompts.reload();
    expect((await catalog.fill(viewer({ labels: nobody }), 'faq', ask)).system).not.toContain(
      'What to cite',
    );
    const summary = await catalog.fill(LOCAL, 'summarize', { text: 'Long.', max_words: '50' });
    expect(summary.user).toContain('<style>paragraph</style>\n<max_words>50</max_words>');
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['is no JSON', 'faq', { question: 'Q', context: 'a document' }, '/context'],
    ['the prompt does not have', 'faq', { question: 'Q', options: '{}' }, '/options'],
    ['is missing', 'faq', {}, '/question'],
    ['the tool refuses', 'summarize', { text: 'T', style: 'poem' }, '/style'],
    [
      'the tool refuses further in',
      'faq',
      { question: 'Q', context: '[{"text":7}]' },
      '/context/0/text',
    ],
  ])('is a problem where an argument %s, as in a call', async (_what, ...[id, given, pointer]) => {
    const failure = await catalog.fill(LOCAL, id, given).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'invalid_input' });
    expect((failure as ProblemError).details.errors?.[0]?.pointer).toBe(pointer);
  });

  it('may have its arguments completed', async () => {
    const asked = { argument: 'style', begun: 'b' };
    expect(await catalog.complete(LOCAL, 'summarize', asked)).toEqual(['bullets']);
  });
});
