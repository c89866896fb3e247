import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp, type App } from '../../src/app/app.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { tools } from '../../tools/index.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';
import { invoke, silentLog, testConfig, WITH_CACHE } from '../support/test-app.ts';

describe('a prompts folder with nothing in it but the prompt of one tool', () => {
  let folder: PromptFolder;
  let simulator: Simulator;
  let app: App;
  beforeAll(async () => {
    folder = promptFolder();
    for (const each of ['faq', '_shared']) {
      cpSync(join('prompts', each), join(folder.path, each), { recursive: true });
    }
    simulator = await startSimulator({ speed: Infinity, seed: 'cache' });
    const env = { ANTHROPIC_BASE_URL: simulator.url, ANTHROPIC_API_KEY: 'key-of-a-test' };
    const config = { ...testConfig(env), ...WITH_CACHE, prompts: folder.path };
    app = buildApp(config, { tools, log: silentLog });
  });
  afterAll(async () => {
    await app.close();
    await simulator.close();
    folder.remove();
  });

  const ask = async (question: string) => {
    const ended = await invoke(app, 'answer_question', { question });
    if (!ended.ok) throw ended.problem;
    return ended.call.meta;
  };

  it('loses no judge: another wording is recognised, and served from the cache', async () => {
    expect((await ask("What's your return policy?")).servedBy).toBe('model');
    const again = await ask('How do I get a refund?');
    expect(again).toMatchObject({ servedBy: 'similar_cache', cache: { tier: 'judged' } });
    expect(again.attempts.map(({ purpose }) => purpose)).toEqual(['judge']);
  });

  it('loses no grader', async () => {
    const [version] = await app.promptVersions('grade');
    expect(version?.meta).toMatchObject({ id: 'grade', version: 'v1', status: 'live' });
  });

  it('says which tool has no prompt, to who calls it', async () => {
    const ended = await invoke(app, 'rewrite_text', { text: 'So long.', instruction: 'Shorter' });
    expect(ended.ok ? null : ended.problem.message).toContain('"rewrite"');
  });

  it('may have a judge of its own, which goes before the one that comes with tollgate', async () => {
    folder.write('judge/v7.md', promptText('judge', 'v7'));
    const own = buildApp({ ...testConfig(), prompts: folder.path }, { tools, log: silentLog });
    try {
      const versions = await own.promptVersions('judge');
      expect(versions.map(({ meta }) => meta.version)).toEqual(['v7']);
    } finally {
      await own.close();
      folder.remove('judge');
    }
  });
});
