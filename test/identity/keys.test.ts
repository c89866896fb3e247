import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Key } from '../../schemas/wire/key.ts';
import type { KeyStore } from '../../src/stores/ports/store.ts';
import { newFile } from '../stores/sqlite/new-file.ts';
import { draft, failure, HOUR_MS, NOON, openKeys, type Clock } from './keys-fixture.ts';

let open: ReturnType<typeof openKeys>;
let keys: (typeof open)['keys'];
let clock: Clock;
beforeEach(() => {
  open = openKeys();
  ({ keys, clock } = open);
});
afterEach(() => open.store.close());

const at = (ms: number): string => new Date(ms).toISOString();
const code = (expected: string): object => expect.objectContaining({ code: expected }) as object;

describe('making a key', () => {
  it('gives the secret, this once, and everything that is kept of it', async () => {
    const made = await keys.create(
      draft('web', {
        team: 'shop',
        user: 'ann',
        pin_prompts: true,
        expires_at: '2026-06-02T14:00:00+02:00',
      }),
    );
    const { key, ...rest } = made;
    expect(rest).toEqual({
      name: 'web',
      team: 'shop',
      user: 'ann',
      feature: null,
      tools: null,
      models: null,
      admin: false,
      pin_prompts: true,
      prefix: key.slice(0, 12),
      created_at: at(NOON),
      expires_at: '2026-06-02T12:00:00.000Z',
      rotated_at: null,
      revoked_at: null,
    });
    expect(await keys.list()).toEqual([rest]);
  });

  it('of a name that was used is refused, if only by a key that was revoked', async () => {
    const { key } = await keys.create(draft('web'));
    await expect(keys.create(draft('web'))).rejects.toEqual(code('key_exists'));
    expect(await keys.identify(key)).toMatchObject({ id: 'web' });
    await keys.revoke('web');
    await expect(keys.create(draft('web'))).rejects.toEqual(code('key_exists'));
  });

  it.each([
    ['in the past', NOON - 1],
    ['now', NOON],
  ])('that expires %s is refused, and leaves nothing', async (_when, expires) => {
    await expect(keys.create(draft('web', { expires_at: at(expires) }))).rejects.toMatchObject({
      code: 'invalid_input',
      details: { errors: [{ pointer: '/expires_at' }] },
    });
    expect(await keys.any()).toBe(false);
  });

  it('200 times at once, of one name, makes one key with one secret', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 200 }, () => keys.create(draft('web'))),
    );
    const [won, ...more] = made.flatMap((each) => (each.status === 'fulfilled' ? [each] : []));
    expect(more).toEqual([]);
    const lost = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
    expect(lost).toEqual(Array.from({ length: 199 }, () => code('key_exists')));
    expect(await keys.list()).toMatchObject([{ name: 'web', prefix: won?.value.prefix }]);
    expect(await keys.identify(won?.value.key ?? null)).toMatchObject({ id: 'web' });
  });

  it('goes on after a failure of the database that has passed', async () => {
    const locked = new Error('other processes kept the database locked for 5 s');
    let failures = 1;
    const book: KeyStore = {
      ...open.store.keys,
      shared: (...asked) =>
        failures-- > 0 ? Promise.reject(locked) : open.store.keys.shared(...asked),
    };
    const unlucky = openKeys({ store: open.store, book }).keys;
    await expect(unlucky.create(draft('web'))).rejects.toBe(locked);
    const { key } = await unlucky.create(draft('web'));
    expect(await unlucky.identify(key)).toMatchObject({ id: 'web' });
  });
});

describe('the list of keys', () => {
  it('is by name, and says nothing of secrets and hashes but prefixes', async () => {
    const made = [
      await keys.create(draft('web')),
      await keys.create(draft('app', { admin: true })),
      await keys.rotate('web', HOUR_MS),
    ];
    const list = await keys.list();
    expect(list.map(({ name, prefix }) => [name, prefix])).toEqual([
      ['app', made[1]?.prefix],
      ['web', made[2]?.prefix],
    ]);
    const text = JSON.stringify(list);
    for (const { key } of made) expect(text).not.toContain(key.slice(12, 20));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    for (const key of list) expect(Object.keys(key).sort()).toEqual(Object.keys(Key.shape).sort());
  });
});

describe('revoking a key', () => {
  it('keeps the first moment when it is done again', async () => {
    await keys.create(draft('web'));
    expect(await keys.revoke('web')).toMatchObject({ name: 'web', revoked_at: at(NOON) });
    clock.now += HOUR_MS;
    expect(await keys.revoke('web')).toMatchObject({ revoked_at: at(NOON) });
  });

  it('stops every secret it has, also one in its grace', async () => {
    const old = await keys.create(draft('web'));
    const { key } = await keys.rotate('web', HOUR_MS);
    await keys.revoke('web');
    for (const secret of [old.key, key]) {
      await expect(keys.identify(secret)).rejects.toEqual(code('revoked_key'));
    }
  });

  it('leaves other keys alone', async () => {
    const { key } = await keys.create(draft('app'));
    await keys.create(draft('web'));
    await keys.revoke('web');
    expect(await keys.identify(key)).toMatchObject({ id: 'app' });
  });
});

describe('rotating a key', () => {
  it('gives another secret to the same principal, and shows that one from then on', async () => {
    const old = await keys.create(draft('web', { team: 'shop' }));
    clock.now += 5;
    const made = await keys.rotate('web', 0);
    expect(made.key).not.toBe(old.key);
    expect(made).toEqual({
      ...old,
      key: made.key,
      prefix: made.key.slice(0, 12),
      rotated_at: at(NOON + 5),
    });
    expect(await keys.identify(made.key)).toMatchObject({ id: 'web', labels: { team: 'shop' } });
    await expect(keys.identify(old.key)).rejects.toEqual(code('expired_key'));
  });

  it('again ends every older secret at the earlier of its own end and the new one', async () => {
    const first = await keys.create(draft('web'));
    const second = await keys.rotate('web', HOUR_MS);
    const third = await keys.rotate('web', 3 * HOUR_MS);
    const working = async (): Promise<boolean[]> => {
      const asked = [first, second, third].map(({ key }) => keys.identify(key));
      return (await Promise.allSettled(asked)).map(({ status }) => status === 'fulfilled');
    };
    expect(await working()).toEqual([true, true, true]);
    clock.now = NOON + HOUR_MS;
    expect(await working()).toEqual([false, true, true]);
    await keys.rotate('web', 0);
    expect(await working()).toEqual([false, false, false]);
  });

  it('of a revoked key is refused, and says to make another', async () => {
    await keys.create(draft('web'));
    await keys.revoke('web');
    await expect(keys.rotate('web', 0)).rejects.toMatchObject({
      code: 'revoked_key',
      details: { nextActions: [{ action: 'create_key' }] },
    });
  });
});

it.each(['revoke', 'rotate'] as const)('%s of no key is unknown_key', async (does) => {
  const failed = does === 'revoke' ? keys.revoke('nope') : keys.rotate('nope', 0);
  expect(await failure(failed)).toMatchObject({
    code: 'unknown_key',
    message: 'There is no key "nope".',
  });
});

describe('what one process does', () => {
  it('counts at once in another on the same file', async () => {
    const file = newFile();
    const [one, two] = [file.open(), file.open()].map((store) => openKeys({ store, clock }).keys);
    if (!one || !two) throw new Error('two stores were opened');
    expect(await two.identify(null)).toMatchObject({ id: 'local' });
    const old = await one.create(draft('web'));
    await expect(two.identify(null)).rejects.toEqual(code('missing_key'));
    expect(await two.identify(old.key)).toMatchObject({ id: 'web' });
    const { key } = await one.rotate('web', 0);
    await expect(two.identify(old.key)).rejects.toEqual(code('expired_key'));
    expect(await two.identify(key)).toMatchObject({ id: 'web' });
    await one.revoke('web');
    await expect(two.identify(key)).rejects.toEqual(code('revoked_key'));
    await file.remove();
  });
});
