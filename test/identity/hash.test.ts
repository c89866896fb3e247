import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeySecretError, openHash } from '../../src/identity/hash.ts';
import type { KeyStore, Store } from '../../src/stores/ports/store.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';

const OWN = 'a key of our own, from the settings';
const ANOTHER = 'another key, of another deployment';

let store: Store;
let book: KeyStore;
beforeEach(() => {
  store = openSqlite(':memory:');
  book = store.keys;
});
afterEach(() => store.close());

describe('the hash of a secret', () => {
  it('is an HMAC-SHA256 in hex under the key of the settings, which the database never has', async () => {
    const hash = await openHash(book, OWN);
    expect(hash('s')).toBe(createHmac('sha256', OWN).update('s').digest('hex'));
    expect(await book.shared('pepper', 'none was kept')).toBe('none was kept');
    expect(await book.shared('pepper_fingerprint', '')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('without such a key is under a random one, the same for every process', async () => {
    const [one, two] = await Promise.all([openHash(book, undefined), openHash(book, undefined)]);
    expect(one('s')).toMatch(/^[0-9a-f]{64}$/);
    expect(two('s')).toBe(one('s'));
    expect(one('s')).not.toBe(createHash('sha256').update('s').digest('hex'));
    expect(one('t')).not.toBe(one('s'));
  });

  it('is another one in another database', async () => {
    const elsewhere = openSqlite(':memory:');
    const [here, there] = [
      await openHash(book, undefined),
      await openHash(elsewhere.keys, undefined),
    ];
    expect(there('s')).not.toBe(here('s'));
    await elsewhere.close();
  });
});

describe('another TOLLGATE_KEY_SECRET than keys were hashed with', () => {
  it.each([
    ['another one', OWN, ANOTHER],
    ['none, where there was one', OWN, undefined],
    ['one, where there was none', undefined, OWN],
  ])('is a mistake that is named: %s', async (_what, before, now) => {
    await openHash(book, before);
    const failed = openHash(book, now);
    await expect(failed).rejects.toThrow(KeySecretError);
    await expect(failed).rejects.toThrow(
      /hashed with another TOLLGATE_KEY_SECRET \(or with none\): set the one .* another TOLLGATE_DB/,
    );
    await expect(failed).rejects.not.toThrow(OWN);
  });

  it('is forgiven once the right one is back', async () => {
    const first = await openHash(book, OWN);
    await expect(openHash(book, undefined)).rejects.toThrow(KeySecretError);
    expect((await openHash(book, OWN))('s')).toBe(first('s'));
  });

  it('has one winner when two processes start on a new database at once', async () => {
    const opened = await Promise.allSettled([openHash(book, OWN), openHash(book, ANOTHER)]);
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
