import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockedHash, lockText, parseLock } from '../../src/prompts/lock.ts';
import { openFolder } from '../../src/prompts/open-folder.ts';
import { planLock } from '../../src/prompts/plan-lock.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';

describe('the hash that a lock holds', () => {
  const text = promptText('greet', 'v1');
  const hash = lockedHash({ text });

  it.each([
    ['retired', text.replace('status: live', 'status: retired')],
    ['with a remark', text.replace('status: live', 'status: live # for now')],
    ['in quotes', text.replace('status: live', '"status": live')],
    ['set apart', text.replace('status: live', 'status : "live"')],
  ])('does not see the status of a version: %s', (_what, other) => {
    expect(lockedHash({ text: other })).toBe(hash);
  });

  it.each([
    ['another field', text.replace('author: somebody', 'author: else')],
    ['a word', text.replace('You greet', 'You meet')],
    ['a blank at the end', `${text} `],
    ['a status in the text', text.replace('You greet.', 'status: live')],
    [
      'a status in the text, behind one in quotes',
      text.replace('status: live', '"status": live').replace('You greet.', 'status: live'),
    ],
    [
      'a status further in',
      text.replace('variables: {}', 'variables:\n  status: { type: string }'),
    ],
  ])('sees %s', (_what, other) => {
    expect(lockedHash({ text: other })).not.toBe(hash);
  });
});

describe('a lock', () => {
  let folder: PromptFolder;
  beforeEach(() => {
    folder = promptFolder();
    folder.write('_shared/a.md', "A {% render 'b.md' %}");
    folder.write('_shared/b.md', 'B');
    folder.write('_shared/c.md', 'C');
    const user = "{%- render 'a.md' -%}";
    for (const version of ['v10', 'v9'])
      folder.write(`greet/${version}.md`, promptText('greet', version, { user }));
    folder.write('greet/v11.md', promptText('greet', 'v11', { status: 'draft' }));
    folder.write('greet/v8.md', promptText('greet', 'v8', { status: 'retired' }));
  });
  afterEach(() => {
    folder.remove();
  });

  const plan = async () => planLock((await openFolder(folder.path)).registry);

  it('takes in what is live and what that shows, and nothing else', async () => {
    const { lock, added } = await plan();
    expect(Object.keys(lock.prompts)).toEqual(['greet@v9', 'greet@v10']);
    expect(Object.keys(lock.shared).sort()).toEqual(['a.md', 'b.md']);
    expect([...added].sort()).toEqual(['_shared/a.md', '_shared/b.md', 'greet@v10', 'greet@v9']);
  });

  it('does not take a name in a front matter for a text that is shown', async () => {
    const text = promptText('greet', 'v12').replace(
      'To test with.',
      "No more {% render c.md %}, 'c.md'.",
    );
    folder.write('greet/v12.md', text);
    const { lock, added } = await plan();
    expect(added).toContain('greet@v12');
    expect(Object.keys(lock.shared)).not.toContain('c.md');
  });

  it('has nothing to add the second time, and reads what it wrote, in the order of numbers', async () => {
    const { lock } = await plan();
    const text = lockText(lock);
    expect(parseLock(text, 'lock.yaml')).toEqual(lock);
    expect(text.indexOf('greet@v9')).toBeLessThan(text.indexOf('greet@v10'));
    folder.write('lock.yaml', text);
    expect(await plan()).toEqual({ lock, added: [] });
  });

  it('keeps what is gone or retired, and follows a shared text', async () => {
    const first = (await plan()).lock;
    folder.write('lock.yaml', lockText(first));
    folder.write('_shared/b.md', 'BB');
    folder.write(
      'greet/v9.md',
      folder.read('greet/v9.md').replace('status: live', 'status: retired'),
    );
    const { lock, added } = await plan();
    expect(lock.prompts).toEqual(first.prompts);
    expect(lock.shared['b.md']).not.toBe(first.shared['b.md']);
    expect(added).toEqual(['_shared/b.md']);
  });

  it.each([
    ['# only a remark\n', { prompts: {}, shared: {} }],
    ['', { prompts: {}, shared: {} }],
    ['prompts: {}\n', { prompts: {}, shared: {} }],
  ])('that is %j is empty', (text, lock) => {
    expect(parseLock(text, 'lock.yaml')).toEqual(lock);
  });

  it.each([
    ['prompts: []', 'prompts'],
    ['prompts: { greet@v1: abc }', 'must be a SHA-256 in hex'],
    ['other: {}', 'other'],
    ['just words', 'lock.yaml'],
    ['prompts: { a: 1, a: 2 }', 'unique'],
    ['<<<<<<< ours\nprompts: {}', 'lock.yaml'],
  ])('that is %j is refused by name', (text, why) => {
    expect(() => parseLock(text, 'prompts/lock.yaml')).toThrow(why);
    expect(() => parseLock(text, 'prompts/lock.yaml')).toThrow('prompts/lock.yaml: ');
  });
});
