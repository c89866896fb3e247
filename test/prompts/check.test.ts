import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTool, type LlmTool } from '../../src/core/tool/define-tool.ts';
import { checkPrompts, withDefaults } from '../../src/prompts/check.ts';
import type { Finding } from '../../src/prompts/finding.ts';
import { lockText } from '../../src/prompts/lock.ts';
import { openFolder } from '../../src/prompts/open-folder.ts';
import { planLock } from '../../src/prompts/plan-lock.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';

const greet = defineTool({
  name: 'greet_person',
  title: 'Greet',
  description: 'Greets.',
  input: z.strictObject({
    name: z.string(),
    nick: z.string().optional(),
    tone: z.enum(['warm', 'short']).default('warm'),
    friends: z.array(z.strictObject({ name: z.string().optional() })).optional(),
  }),
  output: z.strictObject({ greeting: z.string() }),
  examples: [
    { title: 'A guest', input: { name: 'Anna' } },
    { title: 'A crowd', input: { name: 'Ben', friends: [{ name: 'Cleo' }, {}] } },
  ],
  annotations: answerQuestion.annotations,
  prompt: 'greet',
  policy: { ...answerQuestion.policy, cache: 'never' },
});

const NAME = 'name: { type: string, required: true, description: Who }';
const TONE = 'tone: { type: string, required: true, description: How }';
const NICK = 'nick: { type: string, required: false, description: Short }';
const FRIENDS = 'friends: { type: array, required: false, description: Who else }';
const GOOD = '<name>{{ name }}</name>';
const text = (
  user = GOOD,
  variables: readonly string[] = [NAME],
  more: { version?: string; status?: string; system?: string } = {},
): string =>
  promptText('greet', more.version ?? 'v1', {
    variables: `\n  ${variables.join('\n  ')}`,
    user,
    ...more,
  });

let folder: PromptFolder;
beforeEach(() => {
  folder = promptFolder();
});
afterEach(() => {
  folder.remove();
});

/** As `tollgate prompts lock` would. */
async function lock(): Promise<void> {
  const { registry } = await openFolder(folder.path);
  folder.write('lock.yaml', lockText(planLock(registry).lock));
}

/** Findings, with the folder's own name taken out. */
async function check(tools: readonly LlmTool[] = [greet]): Promise<Finding[]> {
  const { registry } = await openFolder(folder.path);
  return checkPrompts({ registry, tools }).map(({ where, what }) => ({
    where: where.replace(`${folder.path}/`, ''),
    what,
  }));
}

const V1 = 'greet/v1.md';

describe('a check', () => {
  it('finds nothing where all is well', async () => {
    folder.write(V1, text());
    folder.write('greet/v2.md', text(`${GOOD}!`, [NAME], { version: 'v2', status: 'draft' }));
    folder.write('greet/v3.md', text(`${GOOD}?`, [NAME], { version: 'v3', status: 'retired' }));
    await lock();
    expect(await check()).toEqual([]);
  });

  it('finds a version that was live and has been edited, and says how to go on', async () => {
    for (const version of ['v1', 'v2'])
      folder.write(`greet/${version}.md`, text(GOOD, [NAME], { version }));
    await lock();
    folder.write(V1, text(`${GOOD} and more`));
    const [finding] = await check();
    expect(finding?.where).toBe(V1);
    expect(finding?.what).toContain('make v3 with the change (cp v1.md v3.md)');
  });

  it.each([
    ['the system section', (good: string) => good.replace('You greet.', 'You greet!')],
    ['why', (good: string) => good.replace('To test with.', 'To test.')],
    [
      'the model',
      (good: string) => good.replace('max_output_tokens: 100', 'max_output_tokens: 1000'),
    ],
    ['a blank', (good: string) => good.replace('You greet.', 'You  greet.')],
    ['a second status', (good: string) => good.replace('# user', 'status: no\n# user')],
    ['a status in the text', (good: string) => good.replace('You greet.', 'status: no')],
  ])('finds an edit of %s', async (_what, edit) => {
    folder.write(V1, text());
    await lock();
    folder.write(V1, edit(text()));
    expect(await check()).toEqual([
      { where: V1, what: expect.stringContaining('has been edited') as string },
    ]);
  });

  it.each([
    ['is retired', (good: string) => good.replace('status: live', 'status: retired')],
    [
      'is a draft again',
      (good: string) => good.replace('status: live', 'status: draft   # for now'),
    ],
    ['has line ends of Windows', (good: string) => good.replaceAll('\n', '\r\n')],
  ])('lets a version that was live be when it %s', async (_what, edit) => {
    folder.write(V1, text());
    folder.write('greet/v2.md', text(GOOD, [NAME], { version: 'v2' }));
    await lock();
    folder.write(V1, edit(text()));
    expect(await check()).toEqual([]);
  });

  it('finds a live version that is not written down', async () => {
    folder.write(V1, text());
    expect(await check()).toEqual([
      { where: V1, what: expect.stringContaining('run `tollgate prompts lock`') as string },
    ]);
  });

  it('finds a version that was live and is gone', async () => {
    folder.write(V1, text());
    folder.write('greet/v2.md', text(GOOD, [NAME], { version: 'v2' }));
    await lock();
    folder.remove(V1);
    expect(await check()).toEqual([
      {
        where: 'lock.yaml',
        what: expect.stringContaining('greet@v1 was live and is gone') as string,
      },
    ]);
  });

  it('finds a prompt that was live and is gone, with all its versions', async () => {
    folder.write(V1, text());
    folder.write('leave/v1.md', promptText('leave', 'v1'));
    await lock();
    folder.remove('leave');
    expect(await check()).toEqual([
      {
        where: 'lock.yaml',
        what: expect.stringContaining('leave@v1 was live and is gone') as string,
      },
    ]);
  });

  it('finds a shared text that nobody has written down', async () => {
    folder.write(V1, text());
    await lock();
    folder.write('_shared/book.md', 'New.');
    folder.write(
      'greet/v2.md',
      text(GOOD, [NAME], { version: 'v2', status: 'draft', system: "{%- render 'book.md' %}" }),
    );
    expect(await check()).toEqual([
      {
        where: '_shared/book.md',
        what: 'is shown by greet@v2 and not yet in lock.yaml: run `tollgate prompts lock` and commit what it writes',
      },
    ]);
  });

  it('finds a shared text that has changed, and whom that concerns', async () => {
    folder.write(V1, text(GOOD, [NAME], { system: "{% render 'book.md' %}" }));
    folder.write('greet/v2.md', text(GOOD, [NAME], { version: 'v2' }));
    for (const name of ['book.md', 'other.md']) folder.write(`_shared/${name}`, 'Old.');
    await lock();
    for (const name of ['book.md', 'other.md']) folder.write(`_shared/${name}`, 'New.');
    expect(await check()).toEqual([
      {
        where: '_shared/book.md',
        what: 'has changed since it was written down, and with it greet@v1: if that is meant, run `tollgate prompts lock` and commit what it writes',
      },
    ]);
  });

  it('finds a tool whose prompt there is not', async () => {
    folder.write(V1, text());
    await lock();
    expect(await check([greet, answerQuestion])).toEqual([
      { where: 'answer_question', what: expect.stringContaining('make faq/v1.md') as string },
    ]);
  });

  it('speaks of a broken prompt once, not also of a missing one', async () => {
    folder.write(V1, 'hello');
    expect(await check()).toEqual([
      { where: V1, what: expect.stringContaining('front matter') as string },
    ]);
  });
});

describe('a check of a version', () => {
  it.each<[string, string, string[], string]>([
    [
      'an undeclared variable',
      `${GOOD}{{ age }}`,
      [NAME],
      'uses the variable "age", which it does not declare. It declares: name',
    ],
    ['an unused variable', GOOD, [NAME, NICK], 'declares the variable "nick" and does not use it'],
    [
      'a variable outside of every section',
      'Greet {{ name }}.',
      [NAME],
      'what the caller gives as "name" stands outside of every section',
    ],
    ['a variable behind its section', `${GOOD} Greet {{ name }}.`, [NAME], '"name" stands outside'],
    [
      'a variable behind a < of the text',
      'If 1 < 2, greet {{ name }}.',
      [NAME],
      '"name" stands outside',
    ],
    [
      'a variable behind a tag without end',
      '<br/>Greet {{ name }}.',
      [NAME],
      '"name" stands outside',
    ],
    [
      'a variable outside that no example gives',
      `${GOOD}{% if nick %}or {{ nick }}{% endif %}`,
      [NAME, NICK],
      '"nick" stands outside',
    ],
    [
      'a variable that is no field of the tool',
      `${GOOD}<a>{{ age }}</a>`,
      [NAME, 'age: { type: number, required: false, description: A }'],
      'the variable "age" is no field of the input of greet_person',
    ],
    [
      'a required variable that the tool does not demand',
      `${GOOD}<n>{{ nick }}</n>`,
      [NAME, NICK.replace('false', 'true')],
      'the variable "nick" is required, but greet_person may be called without',
    ],
    [
      'a field that an example does not have',
      `${GOOD}{% for f in friends %}<f>{{ f.name }}</f>{% endfor %}`,
      [NAME, FRIENDS],
      'with the example "A crowd" of greet_person',
    ],
    [
      'a misspelt field',
      `${GOOD}{% for f in friends %}<f>{{ f.nmae }}</f>{% endfor %}`,
      [NAME, FRIENDS],
      'nmae',
    ],
    [
      'a type that the tool does not give',
      `<n>{{ name }}</n>`,
      [NAME.replace('string', 'number')],
      'greet_person: /name: It is of type string; expected: number',
    ],
  ])('finds %s', async (_what, ...[user, variables, what]) => {
    folder.write(V1, text(user, variables));
    await lock();
    const findings = await check();
    expect(findings.map(({ where }) => where)).toEqual(findings.map(() => V1));
    expect(findings[0]?.what).toContain(what);
    expect(findings.length).toBeLessThanOrEqual(2);
  });

  it.each<[string, string, string[]]>([
    ['one that the tool has a default for', `${GOOD}<t>{{ tone }}</t>`, [NAME, TONE]],
    [
      'one with a default of its own',
      `${GOOD}<n>{{ nick }}</n>`,
      [NAME, NICK.replace('false', "true, default: ''")],
    ],
    ['an optional one', `${GOOD}{% if nick %}<n>{{ nick }}</n>{% endif %}`, [NAME, NICK]],
    ['one in a quoted attribute', `<n of="{{ name }}"/>`, [NAME]],
    ['one in a tag with capitals', '<Name>{{ name }}</Name>', [NAME]],
    ['one in a tag of another', '<a><b>{{ name }}</b></a>', [NAME]],
    ['one that only decides', `{% if name %}Greet.{% endif %}`, [NAME]],
    [
      'fields of a list, with a default',
      `${GOOD}{% for f in friends %}<f>{{ f.name | default: '' }}</f>{% endfor %}`,
      [NAME, FRIENDS],
    ],
  ])('is content with a variable: %s', async (_what, user, variables) => {
    folder.write(V1, text(user, variables));
    await lock();
    expect(await check()).toEqual([]);
  });

  it('is content with a variable that a shared text puts between tags', async () => {
    folder.write('_shared/who.md', '<who>{{ who }}</who>');
    folder.write(V1, text("{% render 'who.md', who: name %}"));
    await lock();
    expect(await check()).toEqual([]);
  });

  it('finds more expected tokens than there may be', async () => {
    folder.write(V1, text().replace('expected_output_tokens: 10', 'expected_output_tokens: 101'));
    await lock();
    expect(await check()).toEqual([
      { where: V1, what: expect.stringContaining('answers are cut off') as string },
    ]);
  });
});

it('fills an example in with the defaults of the tool', () => {
  expect(withDefaults(greet, { name: 'A' })).toEqual({ name: 'A', tone: 'warm' });
  expect(withDefaults(greet, { tone: 'short' })).toEqual({ tone: 'short' });
});
