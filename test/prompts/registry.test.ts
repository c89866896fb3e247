import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInput } from '../../src/core/tool/parse-input.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { ProblemError } from '../../src/errors/problem.ts';
import { openFolder } from '../../src/prompts/open-folder.ts';
import { openPrompts } from '../../src/prompts/open-prompts.ts';
import { tools } from '../../tools/index.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';
import { usualPrompt } from '../support/prompts.ts';
import { hasPrompt } from '../../src/core/tool/define-tool.ts';

const NOBODY = { principal: 'p', team: null, user: null, feature: null };
const quiet = { onProblems: () => undefined, onChange: () => undefined };

let folder: PromptFolder;
beforeEach(() => {
  folder = promptFolder();
});
afterEach(() => {
  folder.remove();
});

const open = async () => {
  const prompts = await openPrompts(folder.path, quiet);
  prompts.close();
  return prompts;
};

describe('a folder of prompts', () => {
  it('gives everybody the newest live version, by number and not by letters', async () => {
    for (const version of ['v1', 'v2', 'v9', 'v10'])
      folder.write(`greet/${version}.md`, promptText('greet', version));
    folder.write('greet/v11.md', promptText('greet', 'v11', { status: 'draft' }));
    folder.write('leave/v3.md', promptText('leave', 'v3'));
    const prompts = await open();
    const { prompt, variant } = prompts.choose('greet', NOBODY);
    expect(prompt.meta.version).toBe('v10');
    expect(variant).toBeNull();
    expect(prompt.render({}).user).toBe('This is v10.');
    expect(prompts.usual('leave').meta.version).toBe('v3');
  });

  it('may hold other files, empty folders and shared text', async () => {
    folder.write('greet/v1.md', promptText('greet', 'v1', { user: "{% render 'hello.txt' %}" }));
    for (const path of ['greet/notes.md', 'greet/eval.jsonl', 'greet/v2.md.bak', 'greet/v0.md'])
      folder.write(path, 'not a prompt');
    for (const path of ['README.md', 'empty/notes.md', '.git/v1.md']) folder.write(path, 'nothing');
    folder.write('_shared/hello.txt', 'Hello.');
    expect((await open()).usual('greet').render({}).user).toBe('Hello.');
  });

  it('says which prompt, or which version, it does not have', async () => {
    folder.write('greet/v1.md', promptText('greet', 'v1'));
    const prompts = await open();
    expect(() => prompts.choose('nobody', NOBODY)).toThrow(ProblemError);
    expect(() => prompts.choose('nobody', NOBODY)).toThrow('There are: greet.');
    expect(() => prompts.choose('greet', NOBODY, 'greet@v7')).toThrow('There are: greet@v1.');
    expect(() => prompts.choose('greet', NOBODY, 'leave@v1')).toThrow('a version of another');
    for (const wish of ['greet', 'greet@', 'greet@v1@v1', 'greet@V1', 'greet@v01', 'greet@v1 '])
      expect(() => prompts.choose('greet', NOBODY, wish)).toThrow(`There is no prompt "${wish}"`);
    expect(prompts.choose('greet', NOBODY, 'greet@v1').variant).toBe('pinned');
  });

  it.each([
    ['another id', 'greet/v1.md', promptText('leave', 'v1')],
    ['another version', 'greet/v1.md', promptText('greet', 'v2')],
    ['broken front matter', 'greet/v1.md', 'hello'],
    ['broken YAML', 'greet/v1.md', promptText('greet', 'v1').replace('{}', '{')],
    ['a broken template', 'greet/v1.md', promptText('greet', 'v1', { user: '{% if a %}' })],
    ['an undeclared variable', 'greet/v1.md', promptText('greet', 'v1', { user: '{{ naem }}' })],
    ['an unknown status', 'greet/v1.md', promptText('greet', 'v1', { status: 'old' })],
    [
      'an effort that there is not',
      'greet/v1.md',
      promptText('greet', 'v1', { model: ', effort: much' }),
    ],
  ])('with %s is refused, and the message names the file', async (_name, path, content) => {
    folder.write(path, content);
    await expect(open()).rejects.toThrow(`${folder.path}/${path}`);
  });

  it('in which nothing is live is refused', async () => {
    folder.write('greet/v1.md', promptText('greet', 'v1', { status: 'draft' }));
    await expect(open()).rejects.toThrow('no version is live');
  });

  it.each([
    ['a weight for what is not there', 'weights: { v1: 1, v2: 1 }', 'v2 is not live'],
    [
      'a rule for a draft',
      'weights: { v1: 1 }\noverrides: [{ user: a, version: v3 }]',
      'v3 is not live',
    ],
    ['no weight at all', 'weights: { v1: 0 }', 'weight above 0'],
    ['a rule for nobody', 'weights: { v1: 1 }\noverrides: [{ version: v1 }]', 'Say for whom'],
    ['an unknown field', 'weights: { v1: 1 }\nsticky: user', 'sticky'],
    ['a negative weight', 'weights: { v1: -1 }', 'weights'],
    ['no YAML', 'weights: {', 'split.yaml'],
    ['nothing in it', '', 'object'],
    ['only a remark in it', '# later', 'object'],
    ['a list', '- v1', 'object'],
    ['a version twice', 'weights:\n  v1: 1\n  v1: 2', 'unique'],
    ['a version with a nought in front', 'weights: { v01: 1 }', 'that of a version'],
    ['a name that is no version', 'weights: { latest: 1 }', 'that of a version'],
    ['a weight in words', 'weights: { v1: most }', 'weights.v1'],
    ['a weight that is none', 'weights: { v1: .nan }', 'weights.v1'],
    ['a weight without end', 'weights: { v1: .inf }', 'weights.v1'],
    ['no weights', 'overrides: []', 'weights'],
    ['weights that are empty', 'weights: {}', 'weight above 0'],
    [
      'a rule for a user who is a number',
      'weights: { v1: 1 }\noverrides: [{ version: v1, user: 7 }]',
      'overrides[0].user',
    ],
    [
      'a rule for a label that there is not',
      'weights: { v1: 1 }\noverrides: [{ version: v1, city: Bonn }]',
      'city',
    ],
    ['two documents', 'weights: { v1: 1 }\n---\nweights: { v1: 1 }', /documents/],
  ])('with a split that has %s is refused', async (_name, split, message) => {
    folder.write('greet/v1.md', promptText('greet', 'v1'));
    folder.write('greet/v3.md', promptText('greet', 'v3', { status: 'draft' }));
    folder.write('greet/split.yaml', split);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow('split.yaml');
  });

  it('has another hash when a word of a version, or of a text that it shows, changes', async () => {
    folder.write('greet/v1.md', promptText('greet', 'v1', { user: "{% render 'a.md' %}" }));
    folder.write('_shared/a.md', "{% render 'b.md' %}");
    folder.write('_shared/b.md', 'B');
    folder.write('_shared/c.md', 'C');
    const hash = async () => (await open()).usual('greet').hash;
    const first = await hash();
    folder.write('_shared/c.md', 'not shown');
    expect(await hash()).toBe(first);
    folder.write('_shared/b.md', 'BB');
    const second = await hash();
    expect(second).not.toBe(first);
    folder.write('greet/v1.md', promptText('greet', 'v1', { user: "{% render 'a.md' %}!" }));
    expect(await hash()).not.toBe(second);
  });

  it('with several broken prompts says all of it, and which are whole', async () => {
    folder.write('a/v1.md', 'nothing');
    folder.write('b/v1.md', promptText('b', 'v1'));
    folder.write('c/v1.md', promptText('d', 'v1'));
    const { registry } = await openFolder(folder.path);
    expect(registry.problems.map(({ id }) => id)).toEqual(['a', 'c']);
    expect([...registry.sets.keys()]).toEqual(['b']);
  });
});

describe('the built-in prompts', () => {
  const examples = tools.flatMap((tool) =>
    hasPrompt(tool) ? tool.examples.map((example) => [tool.name, tool, example] as const) : [],
  );

  it.each(examples)('are filled in with the example of %s', async (name, tool, example) => {
    const parts = { tools, checks: buildSchemaChecks(), asker: { owner: 'test' } };
    const { input } = await parseInput(parts, name, example.input);
    const prompt = await usualPrompt(tool.prompt);
    const { system, user } = prompt.render(input);
    expect(system.length).toBeGreaterThan(100);
    for (const whole of [system, user]) expect(whole).not.toMatch(/\{\{|\{%|undefined|\[object/);
    // What the caller gave is what the model is asked.
    const given = Object.keys(prompt.meta.variables).filter((variable) => variable in input);
    for (const variable of given.filter((each) => typeof input[each] === 'string'))
      expect(user).toContain(input[variable]);
    expect(given.length).toBeGreaterThan(0);
  });
});
