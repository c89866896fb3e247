import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { runCommand, type Ran, type RunOptions } from '../../support/command.ts';
import { IS_DEEP } from '../../support/depth.ts';
import { tempFolder } from '../../support/fronts.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../../support/fake-anthropic.ts';

const folder = tempFolder();
let fakeAnthropic: FakeAnthropic;
beforeAll(async () => {
  fakeAnthropic = await startFakeAnthropic();
});
afterAll(async () => {
  await fakeAnthropic.close();
  folder.remove();
});

const call = (args: string[], { env = {}, ...how }: Partial<RunOptions> = {}): Promise<Ran> =>
  runCommand(['call', ...args], {
    cwd: folder.path,
    env: { ANTHROPIC_BASE_URL: fakeAnthropic.url, ANTHROPIC_API_KEY: 'key-of-a-test', ...env },
    ...how,
  });

const QUESTION = '{"question":"How long?"}';

/** A mistake at the keyboard: one or two lines in words, and no trace of our code. */
function expectSentence(stderr: string): void {
  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(/\n\s+at |node:|\.js:\d/);
}

describe('tollgate call', () => {
  it('prints output and call, and leaves a row in the ledger', async () => {
    const { code, stdout, stderr } = await call(['answer_question', '--json', QUESTION], {
      asProcess: true,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const printed = JSON.parse(stdout) as { output: object; call: { id: string } };
    expect(printed).toMatchObject({
      output: { answer: 'Within 30 days.', found: true },
      call: { front: 'cli', cost_usd: 0.0004, finish: 'complete' },
    });
    const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
    expect(await store.ledger.get(printed.call.id, null)).toEqual(printed.call);
    await store.close();
  });

  it('reads its input from a file', async () => {
    writeFileSync(join(folder.path, 'input.json'), QUESTION);
    const { code, stdout } = await call(['answer_question', '--input', 'input.json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ output: { found: true } });
  });

  it('reads its input from standard input', async () => {
    const { code, stdout } = await call(['answer_question', '--input', '-'], { input: QUESTION });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ output: { found: true } });
  });

  it('--stream prints the text as it comes, and then the call', async () => {
    const { code, stdout } = await call(['answer_question', '--json', QUESTION, '--stream']);
    expect(code).toBe(0);
    const [text, meta] = stdout.split('\n');
    expect(text).toBe('Within 30 days.');
    expect(JSON.parse(meta ?? '')).toMatchObject({ tool: 'answer_question', finish: 'complete' });
  });

  it('a failed call prints the problem and exits with 1', async () => {
    fakeAnthropic.script = { status: 401, type: 'authentication_error' };
    const another = JSON.stringify({ question: 'Does anybody answer?' });
    const { code, stdout, stderr } = await call(['answer_question', '--json', another]);
    fakeAnthropic.script = null;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ code: 'model_auth_failed' });
  });

  it('an unknown tool is a failed call', async () => {
    const { code, stderr } = await call(['answer_questions', '--json', '{}']);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'unknown_tool' });
  });

  it('an input that does not fit is a failed call', async () => {
    const { code, stderr } = await call(['answer_question']);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'invalid_input', errors: [{}] });
  });

  it.each([
    { what: 'JSON that is none', args: ['get_call', '--json', '{id'], says: /--json is not JSON/ },
    {
      what: 'both ways to give the input',
      args: ['get_call', '--json', '{}', '--input', '-'],
      says: /not both/,
    },
    { what: 'no tool', args: ['--json', '{}'], says: /missing required argument/ },
    {
      what: 'a file that there is not',
      args: ['get_call', '--input', 'none.json'],
      says: /there is no none\.json/,
      exit: 1,
    },
  ])('$what is a mistake in words', async ({ args, says, exit = 2 }) => {
    const { code, stderr } = await call(args);
    expect(code).toBe(exit);
    expect(stderr).toMatch(says);
    expectSentence(stderr);
  });

  it('standard input that is not JSON is a mistake in words', async () => {
    const { code, stderr } = await call(['get_budget', '--input', '-'], { input: 'hello' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tollgate: .*is not JSON/);
    expectSentence(stderr);
  });
});

describe('a command line that is wrong', () => {
  it.each([
    { what: 'an unknown command', args: ['sevre'], says: /unknown command 'sevre'/ },
    { what: 'an unknown option', args: ['tools', '--yaml'], says: /unknown option '--yaml'/ },
    { what: 'a port that is none', args: ['serve', '--port', 'http'], says: /TOLLGATE_PORT: / },
    {
      what: 'a level that is none',
      env: { TOLLGATE_LOG_LEVEL: 'loud' },
      says: /TOLLGATE_LOG_LEVEL: /,
    },
    {
      what: 'a database that is none',
      env: { TOLLGATE_DB: 'mysql://x' },
      says: /TOLLGATE_DB: must be/,
    },
    {
      what: 'a model address that is none',
      env: { ANTHROPIC_BASE_URL: 'x' },
      says: /ANTHROPIC_BASE_URL: /,
    },
    {
      what: 'a speed that is none',
      args: ['simulator', '--speed', 'fast'],
      says: /--speed must be/,
    },
    {
      what: 'an address open to all',
      args: ['serve', '--host', '0.0.0.0'],
      says: /refusing to listen on 0\.0\.0\.0/,
    },
    {
      what: 'an address of the network',
      args: ['serve'],
      env: { TOLLGATE_HOST: '::' },
      says: /refusing to listen on ::/,
    },
  ])('with $what exits with 2 and says why', async ({ args = ['mcp'], env = {}, says }) => {
    const { code, stdout, stderr } = await runCommand(args, {
      cwd: folder.path,
      asProcess: IS_DEEP,
      env: Object.fromEntries(Object.entries(env)),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expectSentence(stderr);
  });

  it('a settings file with a misspelt key is named with the key', async () => {
    const other = tempFolder();
    writeFileSync(join(other.path, 'tollgate.yaml'), 'prot: 9000\n');
    const { code, stderr } = await runCommand(['mcp'], { cwd: other.path, asProcess: IS_DEEP });
    expect(code).toBe(2);
    expect(stderr).toMatch(/tollgate\.yaml: .*prot/);
    writeFileSync(join(other.path, 'tollgate.yaml'), 'port: [\n');
    const broken = await runCommand(['mcp'], { cwd: other.path, asProcess: IS_DEEP });
    expect(broken.code).toBe(2);
    expectSentence(broken.stderr);
    other.remove();
  });
});
