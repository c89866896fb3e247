import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { toStoreError } from '../../src/stores/sqlite/store-error.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { damagePages } from '../support/damage.ts';
import { IS_DEEP } from '../support/depth.ts';
import { eventually } from '../support/eventually.ts';
import { tempFolder } from '../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
let home: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
  home = tempFolder();
});
afterEach(() => {
  folder.remove();
  home.remove();
});

interface Line {
  level: number;
  db?: string;
  code?: string;
  msg: string;
}

/** What `tollgate mcp` logs at its start, as a client that stands in `folder` starts it. */
async function startedMcp(env: Record<string, string> = {}, until = /./): Promise<Line[]> {
  const child = startCommand(['mcp'], {
    cwd: folder.path,
    env: { HOME: home.path, XDG_DATA_HOME: join(home.path, 'data'), ...env },
  });
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: META } };
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  if (child.stdout) await once(child.stdout, 'data');
  await eventually(() => {
    expect(stderr || 'nothing').toMatch(until);
  });
  child.stdin?.end();
  await exited;
  return stderr
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('the database of tollgate mcp', () => {
  const ofUser = (): string => join(home.path, 'data', 'tollgate', 'tollgate.db');

  it('is that of the user where nobody named one: nothing is made where the client stands', async () => {
    const lines = await startedMcp({}, /no database was named/);
    expect(lines).toMatchObject([{ level: 40, db: `sqlite:${ofUser()}` }]);
    expect(readdirSync(folder.path)).toEqual([]);
    expect(existsSync(ofUser())).toBe(true);
  });

  it('is the one that is named, without a word', async () => {
    const path = join(home.path, 'mine.db');
    expect(await startedMcp({ TOLLGATE_DB: `sqlite:${path}` })).toEqual([]);
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.each<[string, () => Promise<void>]>([
    ['has settings', () => writeFile(join(folder.path, 'tollgate.yaml'), 'port: 1\n')],
    ['has begun one', () => openSqlite(join(folder.path, '.tollgate', 'tollgate.db')).close()],
  ])('is that of the folder where it %s', async (_, prepare) => {
    await prepare();
    expect(await startedMcp()).toEqual([]);
    expect(existsSync(join(folder.path, '.tollgate', 'tollgate.db'))).toBe(true);
    expect(existsSync(ofUser())).toBe(false);
  });
});

describe('a key that does not work', () => {
  const env = (): Record<string, string> => ({
    TOLLGATE_DB: `sqlite:${join(home.path, 'keys.db')}`,
  });
  beforeEach(async () => {
    const made = await runCommand(['keys', 'create', 'web'], { cwd: home.path, env: env() });
    expect(made.code).toBe(0);
  });

  it.each([
    ['missing', {}, 'missing_key'],
    ['wrong', { TOLLGATE_KEY: 'tg_live_nonsense' }, 'invalid_key'],
  ])('because it is %s is said at the start of tollgate mcp', async (_, given, code) => {
    const [line] = await startedMcp({ ...env(), ...given }, /every call will be refused/);
    expect(line).toMatchObject({ level: 40, code });
    expect(line?.msg).toContain('set TOLLGATE_KEY in the configuration of the client');
  });
});

describe('a place where no database can be', () => {
  it.each(['serve', 'mcp', 'tools'])('is said in one sentence by tollgate %s', async (command) => {
    writeFileSync(join(folder.path, 'file'), '');
    const db = join(folder.path, 'file', 'tollgate.db');
    const args = command === 'tools' ? ['budgets', 'list'] : [command];
    const { code, stderr } = await runCommand(args, {
      cwd: folder.path,
      asProcess: IS_DEEP,
      env: { TOLLGATE_DB: `sqlite:${db}` },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tollgate: the folder for the database .*file\/tollgate\.db cannot be made: a part of its path is a file \(E\w+\)\. Name another with TOLLGATE_DB=sqlite:\/a\/folder\/of\/yours\/tollgate\.db\n$/,
    );
  });

  it('is said in one sentence where it may not be written', () => {
    const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    expect(toStoreError(error, '/x/t.db')).toMatchObject({
      message:
        'the folder for the database /x/t.db cannot be made: nothing can be written there (EACCES). Name another with TOLLGATE_DB=sqlite:/a/folder/of/yours/tollgate.db',
    });
  });

  it('is said in one sentence where a folder has its name', async () => {
    mkdirSync(join(folder.path, 'tollgate.db'));
    const { stderr } = await runCommand(['keys', 'list'], {
      cwd: folder.path,
      env: { TOLLGATE_DB: `sqlite:${join(folder.path, 'tollgate.db')}` },
    });
    expect(stderr).toMatch(
      /^tollgate: the database .*tollgate\.db cannot be opened for writing.*\n$/,
    );
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['is none', (path) => writeFile(path, 'This is a letter. '.repeat(500))],
    ['is damaged', damagedDatabase],
  ])('is said in one sentence where the file %s', async (_, prepare) => {
    const path = join(folder.path, 't.db');
    await prepare(path);
    const env = { TOLLGATE_DB: `sqlite:${path}` };
    const { code, stdout, stderr } = await runCommand(['serve', '--port', '0'], {
      cwd: folder.path,
      asProcess: IS_DEEP,
      env,
    });
    // It has ended, and never said where it serves.
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^tollgate: .*(not a tollgate database|damaged).*\n$/);
    expect(stderr).not.toContain('    at ');
  });
});

async function damagedDatabase(path: string): Promise<void> {
  await openSqlite(path).close();
  damagePages(path);
}
