/** What a folder may look like that nobody meant to look like that: on network disks, in containers, halfway through. */
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/prompts/open-folder.ts';
import { openPrompts, type Prompts } from '../../src/prompts/open-prompts.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';

const NOBODY = { principal: 'p', team: null, user: null, feature: null };

let folder: PromptFolder;
let opened: Prompts[];
let alerts: string[];
let changes: number;
beforeEach(() => {
  folder = promptFolder();
  [opened, alerts, changes] = [[], [], 0];
  folder.write('greet/v1.md', promptText('greet', 'v1'));
});
afterEach(() => {
  for (const prompts of opened) prompts.close();
  folder.remove();
});

async function open(path = folder.path): Promise<Prompts> {
  const prompts = await openPrompts(path, {
    onProblems: (messages) => void alerts.push(...messages),
    onChange: () => void (changes += 1),
  });
  opened.push(prompts);
  return prompts;
}
const said = (prompts: Prompts, id = 'greet'): string =>
  prompts.choose(id, NOBODY).prompt.render({}).user;
const greeting = (user: string, version = 'v1'): string => promptText('greet', version, { user });

describe('a folder of prompts', () => {
  it('may be made of links, and what they lead to is followed when it changes', async () => {
    const real = promptFolder();
    real.write('day1/v1.md', greeting('Good morning.'));
    real.write('day2/v1.md', greeting('Good evening.'));
    real.write('hello.md', 'Hello.');
    folder.remove('greet');
    // As a volume of Kubernetes: links to files, over a link to a folder that is swapped.
    symlinkSync(join(real.path, 'day1'), join(folder.path, '..data'));
    mkdirSync(join(folder.path, 'greet'));
    symlinkSync(join('..', '..data', 'v1.md'), join(folder.path, 'greet', 'v1.md'));
    folder.write('leave/v1.md', promptText('leave', 'v1', { user: "{% render 'hello.md' %}" }));
    mkdirSync(join(folder.path, '_shared'));
    symlinkSync(join(real.path, 'hello.md'), join(folder.path, '_shared', 'hello.md'));
    const prompts = await open();
    expect([said(prompts), said(prompts, 'leave')]).toEqual(['Good morning.', 'Hello.']);
    symlinkSync(join(real.path, 'day2'), join(folder.path, '..new'));
    renameSync(join(folder.path, '..new'), join(folder.path, '..data'));
    expect(await prompts.reload()).toBe(true);
    expect(said(prompts)).toBe('Good evening.');
    real.write('hello.md', 'Hello there.');
    expect(await prompts.reload()).toBe(true);
    expect(said(prompts, 'leave')).toBe('Hello there.');
    real.remove();
  });

  it('may hold prompts that are links to folders', async () => {
    const real = promptFolder();
    real.write('v1.md', promptText('leave', 'v1', { user: 'Bye.' }));
    symlinkSync(real.path, join(folder.path, 'leave'));
    const prompts = await open();
    expect(said(prompts, 'leave')).toBe('Bye.');
    real.write('v1.md', promptText('leave', 'v1', { user: 'Goodbye.' }));
    await prompts.reload();
    expect(said(prompts, 'leave')).toBe('Goodbye.');
    real.remove();
  });

  it.each<[string, string, string | null]>([
    ['a folder where a version should be', 'greet/v2.md', null],
    ['a folder where the split should be', 'greet/split.yaml', null],
    ['a folder where the lock should be', 'lock.yaml', null],
    ['a version that leads nowhere', 'greet/v2.md', '->'],
    ['a shared text that leads nowhere', '_shared/a.md', '->'],
    ['a file where the shared texts should be', '_shared', 'Hello.'],
    ['a lock that is none', 'lock.yaml', 'prompts: ['],
    ['a lock with a hash that is none', 'lock.yaml', 'prompts: { greet@v1: 12 }'],
    ['a split that is empty', 'greet/split.yaml', ''],
  ])('with %s is read all the same, but for that', async (_what, file, content) => {
    folder.write('leave/v1.md', promptText('leave', 'v1', { user: 'Bye.' }));
    const prompts = await open();
    const path = join(folder.path, file);
    mkdirSync(dirname(path), { recursive: true });
    if (content === null) mkdirSync(path);
    else if (content === '->') symlinkSync('nowhere', path);
    else writeFileSync(path, content);
    folder.write('leave/v1.md', promptText('leave', 'v1', { user: 'Goodbye.' }));
    await prompts.reload();
    expect([said(prompts), said(prompts, 'leave')]).toEqual(['This is v1.', 'Goodbye.']);
    expect(alerts).toEqual([expect.stringContaining(`${path}: `)]);
    await expect(open()).rejects.toThrow(`${path}: `);
    const { registry } = await openFolder(folder.path);
    expect(registry.problems.map(({ error }) => error.file)).toEqual([path]);
  });

  it('may hold plain files where folders could be, empty folders, and a lock of comments only', async () => {
    folder.write('notes', 'nothing');
    folder.write('empty/notes.md', 'nothing');
    folder.write('lock.yaml', '# nothing yet\n');
    expect(said(await open())).toBe('This is v1.');
    expect(alerts).toEqual([]);
  });

  it('may hold a hundred versions, and a change of one reads no other anew', async () => {
    for (let at = 2; at <= 100; at += 1)
      folder.write(`greet/v${String(at)}.md`, greeting(`This is ${String(at)}.`, `v${String(at)}`));
    const prompts = await open();
    expect(said(prompts)).toBe('This is 100.');
    const [before] = prompts.set('greet').versions;
    folder.write('greet/v100.md', greeting('Changed.', 'v100'));
    await prompts.reload();
    expect(said(prompts)).toBe('Changed.');
    expect(prompts.set('greet').versions[0]).toBe(before);
  });
});

describe('a change', () => {
  it('is noticed though time goes backwards, or seems to stand still', async () => {
    const prompts = await open();
    folder.write('greet/v1.md', greeting('This is 10'));
    utimesSync(join(folder.path, 'greet/v1.md'), 1, 1);
    await prompts.reload();
    expect(said(prompts)).toBe('This is 10');
    await sleep(20);
    folder.write('greet/v1.md', greeting('This is 11'));
    utimesSync(join(folder.path, 'greet/v1.md'), 1, 1);
    await prompts.reload();
    expect(said(prompts)).toBe('This is 11');
  });

  it('is noticed in the same moment, where the clock of the disk is too slow to tell', async () => {
    const prompts = await open();
    for (let at = 100; at < 130; at += 1) {
      folder.write('greet/v1.md', greeting(`This is ${String(at)}`));
      await prompts.reload();
      expect(said(prompts)).toBe(`This is ${String(at)}`);
    }
    expect(await prompts.reload()).toBe(false);
    expect(changes).toBe(30);
  });

  it('of a file that does not count is none', async () => {
    const prompts = await open();
    for (const file of [
      'README.md',
      'greet/eval.jsonl',
      'greet/.v1.md.swp',
      'greet/split.yaml.1.tmp',
    ])
      folder.write(file, 'something');
    expect(await prompts.reload()).toBe(false);
    expect(changes).toBe(0);
  });

  it('is taken in though another file is written to all the time', async () => {
    const prompts = await open();
    const writing = setInterval(() => {
      folder.write('greet/eval.log', String(Math.random()).repeat(1 + (Date.now() % 9)));
    }, 0);
    folder.write('greet/v1.md', greeting('Changed.'));
    await prompts.reload();
    clearInterval(writing);
    expect(said(prompts)).toBe('Changed.');
  });

  it('of a whole prompt that goes leaves its last state to serve, and is an alert', async () => {
    folder.write('leave/v1.md', promptText('leave', 'v1', { user: 'Bye.' }));
    const prompts = await open();
    folder.remove('leave');
    await prompts.reload();
    expect(said(prompts, 'leave')).toBe('Bye.');
    expect(alerts).toEqual([expect.stringContaining(`${folder.path}/leave: `)]);
  });

  it('is an alert again when the same goes wrong again', async () => {
    const prompts = await open();
    for (let time = 1; time <= 2; time += 1) {
      renameSync(folder.path, `${folder.path}-away`);
      await prompts.reload();
      renameSync(`${folder.path}-away`, folder.path);
      await prompts.reload();
    }
    expect(alerts).toHaveLength(2);
    expect(said(prompts)).toBe('This is v1.');
  });
});

describe('prompts that are closed', () => {
  it('may be closed twice, go on to answer, and look at the disk no more', async () => {
    const prompts = await open();
    const looking = prompts.reload();
    folder.write('greet/v1.md', greeting('Changed.'));
    prompts.close();
    prompts.close();
    expect(await looking).toBe(false);
    expect(await prompts.reload()).toBe(false);
    expect([said(prompts), changes, alerts]).toEqual(['This is v1.', 0, []]);
  });

  it('leave those of another folder alone', async () => {
    const other = promptFolder();
    other.write('greet/v1.md', greeting('Elsewhere.'));
    const [here, there] = [await open(), await open(other.path)];
    here.close();
    other.write('greet/v1.md', greeting('Elsewhere, later.'));
    expect(await there.reload()).toBe(true);
    expect([said(here), said(there)]).toEqual(['This is v1.', 'Elsewhere, later.']);
    other.remove();
  });
});

describe('while files are edited all the time', () => {
  it('every call is answered by a whole version, and the last state wins', async () => {
    folder.write('_shared/end.md', '.');
    const whole = (at: number): string =>
      greeting(`Number ${String(at)} of ${String(at)}{% render 'end.md' %}`);
    folder.write('greet/v1.md', whole(0));
    const prompts = await open();
    let [written, calls] = [0, 0];
    const isEnough = (): boolean => calls > 50 && changes > 3;
    const edit = async (): Promise<void> => {
      while (!isEnough()) {
        written += 1;
        const text = whole(written);
        if (written % 3 === 0) {
          // As an editor that writes in two goes.
          folder.write('greet/v1.md', text.slice(0, text.length / 2));
          await sleep(0);
          folder.write('greet/v1.md', text);
        } else if (written % 3 === 1) {
          folder.write('greet/v1.md.tmp', text);
          renameSync(join(folder.path, 'greet/v1.md.tmp'), join(folder.path, 'greet/v1.md'));
        } else {
          folder.remove('greet/v1.md');
          await sleep(0);
          folder.write('greet/v1.md', text);
        }
        await sleep(8);
      }
    };
    const call = async (): Promise<void> => {
      while (!isEnough()) {
        const [, first, second] = /^Number (\d+) of (\d+)\.$/.exec(said(prompts)) ?? [];
        expect(first).toBeDefined();
        expect(first).toBe(second);
        calls += 1;
        await new Promise(setImmediate);
      }
    };
    const look = async (): Promise<void> => {
      while (!isEnough()) await Promise.all([prompts.reload(), prompts.reload()]);
    };
    await Promise.all([edit(), call(), look(), look()]);
    await prompts.reload();
    expect(said(prompts)).toBe(`Number ${String(written)} of ${String(written)}.`);
  });
});
