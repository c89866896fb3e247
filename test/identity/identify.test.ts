import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MadeKey } from '../../schemas/wire/key.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { mintSecret } from '../../src/identity/secret.ts';
import { draft, failure, HOUR_MS, mistype, NOON, openKeys, type Clock } from './keys-fixture.ts';

let open: ReturnType<typeof openKeys>;
let keys: (typeof open)['keys'];
let clock: Clock;
beforeEach(() => {
  open = openKeys();
  ({ keys, clock } = open);
});
afterEach(() => open.store.close());

const make = (...asked: Parameters<typeof draft>): Promise<MadeKey> => keys.create(draft(...asked));
/** How a secret is refused: the code and what is said. */
async function refusal(secret: string | null): Promise<string> {
  const error = await failure(keys.identify(secret));
  return `${(error as { code?: string }).code ?? ''}: ${error.message}`;
}

describe('while no key was ever made', () => {
  it.each([null, '', 'sk-ant-api03-x', 'anything'])('%j calls as local', async (secret) => {
    expect(await keys.any()).toBe(false);
    expect(await keys.identify(secret)).toEqual(LOCAL);
  });

  it('whoever sends a key of ours believes in one, and is told that there is none', async () => {
    expect(await refusal(mintSecret())).toMatch(/^invalid_key: No key of this tollgate/);
    expect(await refusal('tg_live_half')).toMatch(/^invalid_key: The key is mistyped/);
  });

  it('a stranger does not settle what keys are hashed with', async () => {
    await failure(keys.identify(mintSecret()));
    const later = openKeys({ store: open.store, keySecret: 'set before the first key' });
    const { key } = await later.keys.create(draft('web'));
    expect(await later.keys.identify(key)).toMatchObject({ id: 'web' });
  });
});

describe('once there are keys', () => {
  it('a secret is its key: name, labels, rights', async () => {
    const { key } = await make('web', {
      team: 'shop',
      feature: 'search',
      tools: ['answer_question'],
      models: ['claude-haiku-5-5'],
    });
    expect(await keys.any()).toBe(true);
    expect(await keys.identify(key)).toEqual({
      id: 'web',
      labels: { team: 'shop', user: null, feature: 'search' },
      tools: ['answer_question'],
      models: ['claude-haiku-5-5'],
      isAdmin: false,
      mayPin: false,
    });
  });

  it('that of an admin is an admin, without limits it was not given', async () => {
    const { key } = await make('boss', { admin: true });
    expect(await keys.identify(key)).toEqual({ ...LOCAL, id: 'boss', isAdmin: true });
  });

  it.each([
    [{}, false],
    [{ pin_prompts: true }, true],
    [{ admin: true }, true],
  ])('with %j whether it may pin versions of prompts is %j', async (rights, may) => {
    const { key } = await make('web', rights);
    expect(await keys.identify(key)).toMatchObject({ id: 'web', mayPin: may });
  });

  it('nothing is missing_key', async () => {
    await make('web');
    expect(await refusal(null)).toMatch(/^missing_key: /);
  });

  it('a mistyped one and an unknown one are told apart', async () => {
    const { key } = await make('web');
    expect(await refusal(mistype(key))).toMatch(/^invalid_key: The key is mistyped or incomplete/);
    expect(await refusal(key.slice(0, -3))).toMatch(/^invalid_key: The key is mistyped/);
    expect(await refusal(mintSecret())).toMatch(/^invalid_key: No key of this tollgate/);
    expect(await refusal('sk-ant-api03-x')).toMatch(/^invalid_key: .* begin with tg_live_/);
  });

  it('a mistyped one is told without a look into the database', async () => {
    const { key } = await make('web');
    await open.store.close();
    expect(await refusal(mistype(key))).toMatch(/^invalid_key: The key is mistyped/);
    expect(await refusal(key)).not.toMatch(/^invalid_key/);
    open = openKeys();
  });

  it('a key works until the moment it expires', async () => {
    const { key } = await make('web', { expires_at: '2026-06-01T13:00:00Z' });
    clock.now = NOON + HOUR_MS - 1;
    expect(await keys.identify(key)).toMatchObject({ id: 'web' });
    clock.now += 1;
    expect(await refusal(key)).toBe(
      'expired_key: The key "web" expired at 2026-06-01T13:00:00.000Z.',
    );
  });

  it('a replaced secret works for its grace, and says then that it was replaced', async () => {
    const old = await make('web');
    const { key } = await keys.rotate('web', HOUR_MS);
    clock.now = NOON + HOUR_MS - 1;
    expect(await keys.identify(old.key)).toMatchObject({ id: 'web' });
    clock.now += 1;
    expect(await refusal(old.key)).toBe(
      `expired_key: The secret ${old.prefix}… of the key "web" was replaced and stopped to work at 2026-06-01T13:00:00.000Z: use the new one.`,
    );
    expect(await keys.identify(key)).toMatchObject({ id: 'web' });
  });

  it('a revoked key says so, also when it has expired and its secret was replaced', async () => {
    const old = await make('web', { expires_at: '2026-06-01T13:00:00Z' });
    const { key } = await keys.rotate('web', 0);
    await keys.revoke('web');
    clock.now += 2 * HOUR_MS;
    for (const secret of [old.key, key]) {
      expect(await refusal(secret)).toBe(
        'revoked_key: The key "web" was revoked at 2026-06-01T12:00:00.000Z.',
      );
    }
  });

  it('they still count when all are revoked: nobody is local again', async () => {
    await make('web');
    await keys.revoke('web');
    expect(await refusal(null)).toMatch(/^missing_key/);
  });

  it('no refusal repeats the secret, or more of it than its prefix', async () => {
    const old = await make('web', { expires_at: '2026-06-02T12:00:00Z' });
    const { key } = await keys.rotate('web', 0);
    const unknown = mintSecret();
    const said = [
      ...(await Promise.all([refusal(old.key), refusal(mistype(key)), refusal(unknown)])),
      await keys.revoke('web').then(() => refusal(key)),
    ];
    for (const secret of [old.key, key, mistype(key), unknown]) {
      expect(said.filter((text) => text.includes(secret.slice(0, 13)))).toEqual([]);
    }
    expect(said.join()).not.toContain(unknown.slice(0, 12));
  });
});
