import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { buildApp } from '../../src/app/app.ts';
import type { CallRequest } from '../../src/core/call/call.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { tools } from '../../tools/index.ts';
import { promptFolder, promptText, type PromptFolder } from '../support/prompt-folder.ts';
import { invoke, silentLog, testConfig, WITH_CACHE } from '../support/test-app.ts';
import { WAIT_LIMIT_MS } from '../support/limits.ts';

const VARIABLES = `
  question: { type: string, required: true, description: Q }`;
const text = (version: string, status = 'live'): string =>
  promptText('faq', version, {
    status,
    variables: VARIABLES,
    system: "<handbook>\n{% render 'shop.md' %}\n</handbook>",
    user: '<question>{{ question }}</question>',
  });

describe('the life of a prompt', () => {
  let folder: PromptFolder;
  let simulator: Simulator;
  let app: App;
  beforeAll(async () => {
    folder = promptFolder();
    folder.write('faq/v1.md', text('v1'));
    folder.write('faq/v2.md', text('v2', 'draft'));
    folder.write('_shared/shop.md', '# Shop\n\n### When are you open?\nWe are open from 9 to 5.\n');
    simulator = await startSimulator({ speed: Infinity });
    const env = { ANTHROPIC_BASE_URL: simulator.url, ANTHROPIC_API_KEY: 'key-of-a-test' };
    const config = { ...testConfig(env), ...WITH_CACHE, prompts: folder.path };
    app = buildApp(config, { tools, log: silentLog });
  });
  afterAll(async () => {
    await app.close();
    await simulator.close();
    folder.remove();
  });

  const ask = async (request: Partial<CallRequest> = {}) => {
    const ended = await invoke(app, 'answer_question', { question: 'When are you open?' }, request);
    if (!ended.ok) throw ended.problem;
    const { prompt, servedBy } = ended.call.meta;
    return { ...prompt, servedBy, ...(ended.output as { answer: string }) };
  };

  it('begins as a draft that only who asks for it is given', async () => {
    expect(await ask()).toMatchObject({ version: 'v1', variant: null, servedBy: 'model' });
    const pinned = await ask({ promptWish: 'faq@v2' });
    expect(pinned).toMatchObject({ version: 'v2', variant: 'pinned', servedBy: 'model' });
  });

  it('has answers of its own in the cache, whoever chose it', async () => {
    expect(await ask()).toMatchObject({ version: 'v1', servedBy: 'exact_cache' });
    expect(await ask({ promptWish: 'faq@v1' })).toMatchObject({
      version: 'v1',
      variant: 'pinned',
      servedBy: 'exact_cache',
    });
    expect(await ask({ promptWish: 'faq@v2' })).toMatchObject({ servedBy: 'exact_cache' });
  });

  it('goes live by its status, and then all are given it', async () => {
    const { hash } = await ask({ promptWish: 'faq@v2' });
    folder.write('faq/v2.md', text('v2'));
    await expect.poll(async () => (await ask()).version, { timeout: WAIT_LIMIT_MS }).toBe('v2');
    // It says what it said as a draft, so what was answered then counts.
    expect(await ask()).toMatchObject({ hash, servedBy: 'exact_cache' });
  });

  it('starts with nothing when a text that it shows changes', async () => {
    const before = await ask();
    folder.write('_shared/shop.md', '# Shop\n\n### When are you open?\nWe are open from 8 to 6.\n');
    await expect
      .poll(async () => (await ask()).hash, { timeout: WAIT_LIMIT_MS })
      .not.toBe(before.hash);
    expect((await ask()).answer).toBe('We are open from 8 to 6.');
  });

  it('is given to a user by a rule, to others by weight, and the row says which', async () => {
    folder.write(
      'faq/split.yaml',
      'weights: { v2: 1 }\noverrides: [{ user: anna, version: v1 }]\n',
    );
    const as = (user: string | null) => ask({ labels: { feature: null, user, team: null } });
    await expect
      .poll(async () => (await as('anna')).version, { timeout: WAIT_LIMIT_MS })
      .toBe('v1');
    expect(await as('anna')).toMatchObject({ version: 'v1', variant: 'override' });
    expect(await as('ben')).toMatchObject({ version: 'v2', variant: null });
  });

  it('ends retired: nobody is given it any more, who asks for it still is', async () => {
    folder.remove('faq/split.yaml');
    folder.write('faq/v2.md', text('v2', 'retired'));
    await expect.poll(async () => (await ask()).version, { timeout: WAIT_LIMIT_MS }).toBe('v1');
    expect(await ask({ promptWish: 'faq@v2' })).toMatchObject({ version: 'v2' });
  });
});
