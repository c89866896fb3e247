import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGitLog } from '../../src/prompts/git-log.ts';
import { promptFolder, type PromptFolder } from '../support/prompt-folder.ts';
import { TEST_LIMIT_MS } from '../support/limits.ts';

let folder: PromptFolder;
beforeEach(() => {
  folder = promptFolder();
  folder.write('repository/prompts/faq/v1.md', 'one');
  folder.write('repository/prompts/other/v1.md', 'one');
});
afterEach(() => {
  folder.remove();
});

const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
function git(who: string, ...args: string[]): void {
  const as = ['-c', `user.name=${who}`, '-c', `user.email=${who}@example.com`];
  execFileSync('git', [...as, '-c', 'commit.gpgsign=false', ...args], {
    cwd: join(folder.path, 'repository'),
    env,
    stdio: 'pipe',
  });
}
function commit(who: string, subject: string): void {
  git(who, 'add', '-A');
  git(who, 'commit', '-qm', subject);
}
const place = (id = 'faq'): string => join(folder.path, 'repository', 'prompts', id);

describe('the history of a prompt', () => {
  it('is who changed which of its files, when and why, newest first, and no other’s', async () => {
    git('Anna', 'init', '-q');
    commit('Anna', 'Begin');
    folder.write('repository/prompts/other/v1.md', 'two');
    commit('Anna', 'Elsewhere');
    folder.write('repository/prompts/faq/v2.md', 'two');
    folder.write('repository/prompts/faq/split.yaml', 'weights: { v1: 1 }');
    commit(
      'Bj\u00F6rn "B" O\u2019Neil',
      'Say it | better\ttoday, caf\u00E9\n\nA body\nof two lines',
    );
    renameSync(join(place(), 'v1.md'), join(place(), 'old one.md'));
    commit('Anna', 'Put v1 away');
    folder.write('repository/prompts/faq/v2.md', 'three');
    folder.write('repository/prompts/faq/v\u00E9.md', 'new');
    const { commits, uncommitted } = await readGitLog(place());
    expect(commits.map(({ author, subject, files }) => [author, subject, files])).toEqual([
      ['Anna', 'Put v1 away', ['R old one.md']],
      [
        'Bj\u00F6rn "B" O\u2019Neil',
        'Say it | better\ttoday, caf\u00E9',
        ['A split.yaml', 'A v2.md'],
      ],
      ['Anna', 'Begin', ['A v1.md']],
    ]);
    for (const { at, hash } of commits) {
      expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(TEST_LIMIT_MS);
      expect(hash).toMatch(/^[0-9a-f]{40}$/);
    }
    expect(uncommitted).toEqual(['v2.md', 'v\u00E9.md']);
    expect((await readGitLog(place('other'))).commits).toHaveLength(2);
  });

  it.each<[string, () => string, RegExp]>([
    ['is no repository', () => place(), /git says nothing of .*faq: .*not a git repository/],
    ['is no commit yet', () => (git('Anna', 'init', '-q'), place()), /does not have any commits/],
  ])('is, where there %s, a sentence that says so', async (_what, where, message) => {
    await expect(readGitLog(where())).rejects.toThrow(message);
  });
});
