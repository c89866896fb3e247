import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockedHash } from '../../src/prompts/lock.ts';
import { openPrompts, type Prompts } from '../../src/prompts/open-prompts.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';
import { WAIT_LIMIT_MS } from '../support/limits.ts';

const NOBODY = { principal: 'p', team: null, user: null, feature: null };

let folder: PromptFolder;
let prompts: Prompts | undefined;
let alerts: string[];
let changes: number;
beforeEach(() => {
  folder = promptFolder();
  [alerts, changes] = [[], 0];
  for (const version of ['v1', 'v2'])
    folder.write(`greet/${version}.md`, promptText('greet', version));
});
afterEach(() => {
  prompts?.close();
  folder.remove();
});

const open = async (): Promise<Prompts> =>
  (prompts = await openPrompts(folder.path, {
    onProblems: (messages) => void alerts.push(...messages),
    onChange: () => void (changes += 1),
  }));
const version = (of: Prompts): string => of.choose('greet', NOBODY).prompt.meta.version;

describe('prompts that are served', () => {
  it('follow the disk by themselves', async () => {
    const opened = await open();
    folder.write('greet/v3.md', promptText('greet', 'v3'));
    await expect.poll(() => version(opened), { timeout: WAIT_LIMIT_MS, interval: 50 }).toBe('v3');
    expect(alerts).toEqual([]);
  });

  it('are those of the split, from the moment on that it is read', async () => {
    const opened = await open();
    expect(version(opened)).toBe('v2');
    const running = opened.choose('greet', NOBODY).prompt;
    folder.write('greet/split.yaml', 'weights: { v1: 1 }');
    expect(await opened.reload()).toBe(true);
    expect(version(opened)).toBe('v1');
    expect(running.render({}).user).toBe('This is v2.');
    expect(await opened.reload()).toBe(false);
    expect(changes).toBe(1);
  });

  it('stay as they last were good where a file is broken, and one alert says so', async () => {
    const opened = await open();
    folder.write('greet/v2.md', 'half a fi');
    await opened.reload();
    expect(version(opened)).toBe('v2');
    expect(opened.choose('greet', NOBODY).prompt.render({}).user).toBe('This is v2.');
    expect(alerts).toEqual([expect.stringContaining('greet/v2.md: front matter')]);
    folder.write('leave/v1.md', promptText('leave', 'v1'));
    await opened.reload();
    expect(version(opened)).toBe('v2');
    expect(opened.usual('leave').meta.version).toBe('v1');
    expect(alerts).toHaveLength(1);
    folder.write('greet/v2.md', promptText('greet', 'v2', { user: 'Whole again.' }));
    await opened.reload();
    expect(opened.choose('greet', NOBODY).prompt.render({}).user).toBe('Whole again.');
  });

  it('can be rolled back while the newest version is broken', async () => {
    const opened = await open();
    folder.write('greet/v2.md', 'half a fi');
    folder.write('greet/split.yaml', 'weights: { v1: 1, v2: 0 }');
    await opened.reload();
    expect(version(opened)).toBe('v1');
  });

  it('keep their split where the new one is wrong', async () => {
    folder.write('greet/split.yaml', 'weights: { v1: 1 }');
    const opened = await open();
    folder.write('greet/split.yaml', 'weights: { v7: 1 }');
    await opened.reload();
    expect(version(opened)).toBe('v1');
    expect(alerts).toEqual([expect.stringContaining('v7 is not live')]);
  });

  it('keep a version that vanishes while the split speaks of it', async () => {
    folder.write('greet/split.yaml', 'weights: { v2: 1 }');
    const opened = await open();
    folder.remove('greet/v2.md');
    await opened.reload();
    expect(version(opened)).toBe('v2');
    expect(alerts).toEqual([expect.stringContaining('v2 is not live')]);
  });

  it('keep what was live as it was when it is edited, and say what to do', async () => {
    const text = promptText('greet', 'v2');
    folder.write('lock.yaml', `prompts: { greet@v2: ${lockedHash({ text })} }`);
    const opened = await open();
    folder.write('greet/v2.md', promptText('greet', 'v2', { user: 'Silently something else.' }));
    await opened.reload();
    expect(opened.choose('greet', NOBODY).prompt.render({}).user).toBe('This is v2.');
    expect(alerts).toEqual([expect.stringContaining('make v3 with the change (cp v2.md v3.md)')]);
  });

  it('may be retired though they were live', async () => {
    const text = promptText('greet', 'v2');
    folder.write('lock.yaml', `prompts: { greet@v2: ${lockedHash({ text })} }`);
    const opened = await open();
    folder.write('greet/v2.md', promptText('greet', 'v2', { status: 'retired' }));
    await opened.reload();
    expect(version(opened)).toBe('v1');
    expect(opened.choose('greet', NOBODY, 'greet@v2').variant).toBe('pinned');
    expect(alerts).toEqual([]);
  });

  it('outlive a folder that cannot be read for a while', async () => {
    const opened = await open();
    folder.remove();
    await opened.reload();
    expect(version(opened)).toBe('v2');
    expect(alerts).toHaveLength(1);
    folder.write('greet/v1.md', promptText('greet', 'v1'));
    await opened.reload();
    expect(version(opened)).toBe('v1');
  });
});
