import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Key, MadeKey } from '../../../schemas/wire/key.ts';
import { buildKeys } from '../../../src/identity/keys.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { tools } from '../../../tools/index.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { tempFolder } from '../../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});

const DAY_MS = 86_400_000;
const keys = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  runCommand(['keys', ...args], { cwd: folder.path, env });

/** What a keys command prints when all is well. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await keys(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}
const made = async (...args: string[]): Promise<MadeKey> =>
  MadeKey.parse(JSON.parse(await said(...args, '--json')));
const listed = async (): Promise<Key[]> => {
  const { keys: all } = JSON.parse(await said('list', '--json')) as { keys: unknown[] };
  return all.map((each) => Key.parse(each));
};
/** What a server on the same database would make of a secret. */
async function identified(secret: string): Promise<unknown> {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  const open = buildKeys({ store: store.keys, keySecret: undefined, now: Date.now });
  try {
    return await open.identify(secret);
  } finally {
    await store.close();
  }
}

describe('tollgate keys create', () => {
  it('prints a secret that works, and how to send it', async () => {
    const [secret = '', ...rest] = (await said('create', 'web', '--team', 'shop')).split('\n');
    expect(secret).toMatch(/^tg_live_[0-9A-Za-z]{38}$/);
    expect(rest.join('\n')).toContain(`Authorization: Bearer ${secret}`);
    expect(rest.join('\n')).toContain(`TOLLGATE_KEY=${secret}`);
    expect(await identified(secret)).toMatchObject({ id: 'web', labels: { team: 'shop' } });
  });

  it('says of the first key, and of no other, that every call needs one from now on', async () => {
    const says = 'from now on every call needs a key';
    expect(await said('create', 'web')).toContain(says);
    expect(await said('create', 'app')).not.toContain(says);
    await said('revoke', 'web');
    await said('revoke', 'app');
    expect(await said('create', 'api')).not.toContain(says);
  });

  it('takes every option; --json is the key alone', async () => {
    const who = ['--team', 'shop', '--user', 'ann', '--feature', 'search', '--admin'];
    const may = ['--tools', 'answer_question, get_usage', '--models', 'claude-haiku-5-5'];
    const also = ['--pin-prompts', '--expires', '2999-01-31'];
    const { key, ...rest } = await made('create', 'web', ...who, ...may, ...also);
    expect(rest).toMatchObject({
      name: 'web',
      team: 'shop',
      user: 'ann',
      feature: 'search',
      admin: true,
      tools: ['answer_question', 'get_usage'],
      models: ['claude-haiku-5-5'],
      pin_prompts: true,
      expires_at: '2999-01-31T00:00:00.000Z',
      prefix: key.slice(0, 12),
    });
    expect(await listed()).toEqual([rest]);
  });

  it.each([
    ['90d', 90 * DAY_MS],
    ['24h', DAY_MS],
  ])('--expires %s counts from now', async (span, ms) => {
    const before = Date.now();
    const { expires_at: expires } = await made('create', 'web', '--expires', span);
    const counted = Date.parse(expires ?? '') - ms;
    expect(counted).toBeGreaterThanOrEqual(before);
    expect(counted).toBeLessThanOrEqual(Date.now());
  });
});

describe('tollgate keys list', () => {
  it('is a table with a line per key and no secret', async () => {
    const web = await made('create', 'web', '--team', 'shop', '--user', 'ann', '--pin-prompts');
    const boss = await made('create', 'boss', '--admin', '--tools', 'get_usage', '--expires', '9d');
    await said('revoke', 'web');
    const text = await said('list');
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['name', 'secret', 'belongs to', 'rights', 'expires', 'state'],
      [
        ...['boss', `${boss.prefix}…`, 'admin; tools get_usage'],
        ...[boss.expires_at?.slice(0, 16), 'works'],
      ],
      [
        ...['web', `${web.prefix}…`, 'team shop, user ann', 'pins prompts', 'never'],
        expect.stringMatching(/^revoked \d{4}-\d\d-\d\d$/) as string,
      ],
    ]);
    expect(new Set(lines.map((line) => line.search(/works|revoked|state/))).size).toBe(1);
    for (const { key } of [web, boss]) expect(text).not.toContain(key.slice(12));
  });

  it('--json has neither secrets nor hashes', async () => {
    const { key } = await made('create', 'web');
    const text = await said('list', '--json');
    expect(text).not.toContain(key.slice(12));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    expect(await listed()).toHaveLength(1);
  });

  it('of nothing says who calls now, and how to make one', async () => {
    expect(await said('list')).toMatch(
      /^There are no keys: .*"local".*tollgate keys create NAME\n$/,
    );
  });
});

describe('tollgate keys revoke and rotate', () => {
  it('revoke stops it at once', async () => {
    const { key } = await made('create', 'web');
    expect(await said('revoke', 'web')).toMatch(/^revoked web at \d{4}-.*Z\n$/);
    await expect(identified(key)).rejects.toMatchObject({ code: 'revoked_key' });
  });

  it.each([
    [[], 'expired_key', 'The old secret has stopped to work.'],
    [['--grace', '0'], 'expired_key', 'The old secret has stopped to work.'],
    [['--grace', '24h'], 'works', 'The old secret works for 24h more.'],
  ])('rotate %j prints another secret; the old one: %s', async (grace, end, says) => {
    const { key } = await made('create', 'web');
    const text = await said('rotate', 'web', ...grace);
    const [secret = ''] = text.split('\n');
    expect(text.trimEnd().split('\n').at(-1)).toBe(says);
    expect(await identified(secret)).toMatchObject({ id: 'web' });
    const old = await identified(key).then(
      () => 'works',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(old).toBe(end);
  });
});

describe('a problem is one sentence with what to do next, and exit code 1', () => {
  it.each<[string[], RegExp]>([
    [['create', 'web'], /^tollgate: There is or was a key "web".* Next: use_other_name \(.+\)\n$/],
    [['rotate', 'web'], /^tollgate: The key "web" was revoked.* Next: create_key \(.+\)\n$/],
    [['revoke', 'nope'], /^tollgate: There is no key "nope"\. Next: list_keys \(.+\)\n$/],
    [['rotate', 'nope'], /^tollgate: There is no key "nope"\. Next: list_keys \(.+\)\n$/],
    [
      ['create', 'app', '--expires', '2020-01-01'],
      /^tollgate: The key would have expired already, at 2020-01-01.* Next: fix_input \(.+\)\n$/,
    ],
  ])('%j', async (args, says) => {
    await said('create', 'web');
    await said('revoke', 'web');
    const { code, stdout, stderr } = await keys(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

describe('a mistake of who types it is a sentence, and exit code 2', () => {
  const names = tools.map(({ name }) => name).join(', ');
  it.each<[string[], string | RegExp]>([
    [
      ['create', 'web', '--tools', 'answer_question,nope'],
      `tollgate: there is no tool "nope". There are: ${names}\n`,
    ],
    [['create', 'Not A Slug'], /^tollgate: name: Must be 1 to 40 of a-z.*\n$/],
    [['create', 'local'], /^tollgate: name: Is the name of callers without keys\n$/],
    [['create', 'web', '--tools', ''], /^tollgate: tools: .+\n$/],
    [
      ['create', 'web', '--expires', 'soon'],
      /^tollgate: --expires must be a span of time like .*, not "soon"\n$/,
    ],
    [['create', 'web', '--expires', '2027-13-45'], /^tollgate: --expires must be a day like .*\n$/],
    [['rotate', 'web', '--grace', '1'], /^tollgate: --grace must be a span of time like .*\n$/],
    [['rotate', 'web', '--grace', '31d'], 'tollgate: --grace must be at most 30d, not "31d"\n'],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await keys(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof says === 'string') expect(stderr).toBe(says);
    else expect(stderr).toMatch(says);
  });

  it('another TOLLGATE_KEY_SECRET than before is one of the settings', async () => {
    await said('create', 'web');
    const secret = 'a secret that came too late';
    const { code, stdout, stderr } = await keys(['create', 'app'], { TOLLGATE_KEY_SECRET: secret });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tollgate: the keys of this database were hashed with another .*\n$/);
    expect(stderr).not.toContain(secret);
    expect((await listed()).map(({ name }) => name)).toEqual(['web']);
  });
});
