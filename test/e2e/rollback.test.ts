import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { Provider } from '../../src/model/provider.ts';
import { CLOCK_ENV } from '../support/clock-env.ts';
import { CONNECT, MAIN, type Called, type CallTool } from '../support/fronts.ts';
import { eventually } from '../support/eventually.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { OWNER } from '../support/owner.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { promptFolder, type PromptFolder } from '../support/prompt-folder.ts';

const run = promisify(execFile);

const STREAMS = 50;

/** A model that stops in the middle of its first answers until it is let go on. */
function haltingModel(): { provider: Provider; goOn: () => void } {
  const fake = fakeProvider(ANSWER);
  let goOn = (): void => undefined;
  const told = new Promise<void>((resolve) => (goOn = resolve));
  return {
    goOn,
    provider: {
      name: fake.name,
      async *stream(request, watch) {
        const events = fake.stream(request, watch);
        const halts = fake.requests.length < STREAMS;
        for await (const event of events) {
          yield event;
          if (halts && event.type === 'text') await told;
        }
      },
    },
  };
}

/** Whether whoever calls now is given v1. */
const isRolledBack = async ({ app }: TestServer): Promise<boolean> => {
  const { versions } = await app.prompts.show(OWNER, 'faq');
  return versions.find(({ version }) => version === 'v1')?.share === 1;
};

describe(`a rollback while ${String(STREAMS)} calls stream`, () => {
  let folder: PromptFolder;
  let server: TestServer;
  let ask: CallTool;
  let running: Called[];
  let printed: string;
  let after: Called[];
  let endedEarly = 0;
  let runningThen: number;

  const rollback = async (...args: string[]): Promise<string> => {
    const env = { ...CLOCK_ENV, PATH: process.env['PATH'], TOLLGATE_PROMPTS: folder.path };
    const command = [MAIN, 'prompts', 'rollback', 'faq', ...args];
    return (await run(process.execPath, command, { env, cwd: folder.path })).stdout;
  };
  const versionOf = ({ call }: Called): string | undefined => call?.prompt?.version;

  beforeAll(async () => {
    folder = promptFolder({ from: 'prompts' });
    folder.write('faq/split.yaml', '# Ours.\nweights: { v1: 0, v2: 100 }\n');
    const { provider, goOn } = haltingModel();
    server = await openTestServer({ provider, settings: { prompts: folder.path } });
    ask = (await CONNECT['REST SSE'](server.url)).call;
    const question = { question: 'How do I get my money back?' };
    const streams = Array.from({ length: STREAMS }, () => ask('answer_question', question));
    const begun = () => server.app.models().reduce((sum, { queue }) => sum + queue.running, 0);
    await eventually(() => {
      expect(begun()).toBe(STREAMS);
    });
    void Promise.all(streams.map((each) => each.then(() => (endedEarly += 1))));
    printed = await rollback();
    await eventually(async () => {
      expect(await isRolledBack(server)).toBe(true);
    });
    after = await Promise.all(Array.from({ length: 10 }, () => ask('answer_question', question)));
    runningThen = STREAMS - endedEarly;
    goOn();
    running = await Promise.all(streams);
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  it('changes no running call', () => {
    expect(runningThen).toBe(STREAMS);
    expect(running.map(({ ok }) => ok)).toEqual(Array(STREAMS).fill(true));
    expect(new Set(running.map(versionOf))).toEqual(new Set(['v2']));
  });

  it('takes effect for all new calls, while the others still run', () => {
    expect(new Set(after.map(versionOf))).toEqual(new Set(['v1']));
  });

  it('says what it did and how to keep it, and leaves comments alone', () => {
    expect(printed).toContain('faq: all new calls get v1 instead of v2');
    expect(printed).toContain('git commit -m "Roll faq back to v1" -- ');
    expect(folder.read('faq/split.yaml')).toBe('# Ours.\nweights: { v1: 100, v2: 0 }\n');
  });

  it('is in the ledger: which content answered which call', async () => {
    const use = await server.app.prompts.show(OWNER, 'faq');
    const hashes = new Map(use.versions.map(({ version, hash }) => [version, hash]));
    const said = ({ prompt }: WireCallMeta) => [prompt?.version, prompt?.hash];
    for (const { call } of [...running, ...after])
      if (call)
        expect(said(call)).toEqual([call.prompt?.version, hashes.get(call.prompt?.version ?? '')]);
  });

  it.each([
    ['to where all are already', [], 'no live version before v1'],
    ['to what there is not', ['--to', 'v9'], 'v9 is not live. Live are: v1, v2'],
  ])('%s is refused with 2', async (_what, args, message) => {
    await expect(rollback(...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message) as string,
    });
  });

  it('forward again is the same command', async () => {
    await rollback('--to', 'v2');
    expect(folder.read('faq/split.yaml')).toBe('# Ours.\nweights: { v1: 0, v2: 100 }\n');
  });
});
