import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyStore, SecretRecord } from '../../../src/stores/ports/store.ts';
import type { Database } from './database.ts';
import { runs } from '../../support/depth.ts';

type NewRecord = Parameters<KeyStore['insert']>[0];

const record = (name: string, over: Partial<NewRecord> = {}): NewRecord => ({
  name,
  team: null,
  user: null,
  feature: null,
  tools: null,
  models: null,
  admin: false,
  pinPrompts: false,
  createdAt: 100,
  expiresAt: null,
  revokedAt: null,
  ...over,
});
const secret = (hash: string, over: Partial<SecretRecord> = {}): SecretRecord => ({
  hash,
  prefix: `tg_live_${hash}`,
  createdAt: 100,
  expiresAt: null,
  ...over,
});

/** What every store has to keep of keys. */
export function keyCases(newDatabase: () => Database): void {
  let database: Database;
  let store: KeyStore;
  let other: KeyStore;
  beforeEach(() => {
    database = newDatabase();
    [store, other] = [database.open().keys, database.open().keys];
  });
  afterEach(() => database.remove());

  describe('a key', () => {
    it('is kept whole, and found by name and by the hash of its secret, in every process', async () => {
      const whole = record('web', {
        team: 'shop',
        user: 'ann',
        feature: 'search',
        admin: true,
        pinPrompts: true,
        tools: ['a', 'b'],
        models: ['m'],
        expiresAt: 900,
      });
      expect(await store.insert(whole, secret('h1'))).toBe(true);
      const key = { ...whole, rotatedAt: null, prefix: 'tg_live_h1' };
      expect(await other.get('web')).toEqual(key);
      expect(await other.list()).toEqual([key]);
      expect(await other.find('h1')).toEqual({ key, secret: secret('h1') });
    });

    it('is not there under another name or hash', async () => {
      await store.insert(record('web'), secret('h1'));
      expect(await store.get('WEB')).toBeNull();
      expect(await store.find('h')).toBeNull();
      expect(await store.find('H1')).toBeNull();
    });

    it('has its name for ever: a second one writes nothing, not even its secret', async () => {
      await store.insert(record('web', { team: 'first' }), secret('h1'));
      await store.revoke('web', 200);
      expect(await other.insert(record('web', { team: 'second' }), secret('h2'))).toBe(false);
      expect(await store.get('web')).toMatchObject({ team: 'first', revokedAt: 200 });
      expect(await store.find('h2')).toBeNull();
    });

    it('is one, when it is asked for a hundred times at once by two processes', async () => {
      const asked = Array.from({ length: 100 }, (_, i) =>
        (i % 2 === 0 ? store : other).insert(record('web'), secret(`h${String(i)}`)),
      );
      const won = await Promise.all(asked);
      expect(won.filter(Boolean)).toHaveLength(1);
      const found = await Promise.all(won.map((_, i) => store.find(`h${String(i)}`)));
      expect(found.map((each) => each !== null)).toEqual(won);
    });

    it('is listed by name', async () => {
      for (const name of ['b', 'a', 'c-1']) await store.insert(record(name), secret(name));
      expect((await store.list()).map(({ name }) => name)).toEqual(['a', 'b', 'c-1']);
    });

    it('is revoked once: the first moment stays', async () => {
      await store.insert(record('web'), secret('h1'));
      await store.revoke('web', 200);
      await other.revoke('web', 300);
      expect((await store.find('h1'))?.key.revokedAt).toBe(200);
    });

    it('was there: any is true for good, and false before', async () => {
      expect(await store.any()).toBe(false);
      await store.insert(record('web'), secret('h1'));
      await store.revoke('web', 200);
      expect(await other.any()).toBe(true);
    });
  });

  describe('a rotation', () => {
    it('adds a secret, shows its prefix, and ends the older ones in time', async () => {
      await store.insert(record('web'), secret('h1'));
      await store.rotate('web', secret('h2', { createdAt: 200 }), 500);
      expect((await other.find('h1'))?.secret.expiresAt).toBe(500);
      expect(await other.find('h2')).toMatchObject({
        key: { name: 'web', prefix: 'tg_live_h2', rotatedAt: 200 },
        secret: { expiresAt: null },
      });
    });

    it('leaves the secrets of other keys', async () => {
      await store.insert(record('app'), secret('h0'));
      await store.insert(record('web'), secret('h1'));
      await store.rotate('web', secret('h2'), 500);
      expect(await store.find('h0')).toMatchObject({
        key: { prefix: 'tg_live_h0', rotatedAt: null },
        secret: { expiresAt: null },
      });
    });

    it('by a process whose clock is behind shows the new secret all the same', async () => {
      await store.insert(record('web'), secret('h1'));
      await other.rotate('web', secret('h2', { createdAt: 40 }), 500);
      expect((await store.get('web'))?.prefix).toBe('tg_live_h2');
    });

    it('never lengthens the life of a secret, whatever the order of rotations', async () => {
      let names = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 8 }), async (ends) => {
          const name = `key-${String((names += 1))}`;
          const hash = (at: number): string => `${name}-${String(at)}`;
          await store.insert(record(name), secret(hash(0)));
          for (const [at, end] of ends.entries())
            await (at % 2 === 0 ? store : other).rotate(name, secret(hash(at + 1)), end);
          for (let at = 0; at <= ends.length; at += 1) {
            const expected = at === ends.length ? null : Math.min(...ends.slice(at));
            expect((await store.find(hash(at)))?.secret.expiresAt).toBe(expected);
          }
        }),
        { numRuns: runs(40) },
      );
    });
  });

  describe('a shared value', () => {
    it('is the first that was given, for every process', async () => {
      expect(await store.shared('pepper', 'one')).toBe('one');
      expect(await other.shared('pepper', 'two')).toBe('one');
      expect(await other.shared('another', 'two')).toBe('two');
    });

    it('is the same for all who ask at once', async () => {
      const asked = Array.from({ length: 50 }, (_, i) =>
        (i % 2 === 0 ? store : other).shared('pepper', String(i)),
      );
      expect(new Set(await Promise.all(asked)).size).toBe(1);
    });
  });
}
