import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openKeyStore } from '../../../src/stores/sqlite/keys.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { buildWriter } from '../../../src/stores/sqlite/writer.ts';
import type { KeyStore } from '../../../src/stores/ports/store.ts';
import { keyCases } from '../cases/key-cases.ts';
import { newFile } from './new-file.ts';

describe('in SQLite', () => {
  keyCases(newFile);
});

describe('in SQLite, by its rows', () => {
  let db: Database.Database;
  let store: Omit<KeyStore, 'list'>;
  beforeEach(async () => {
    db = new Database(':memory:');
    migrate(db);
    store = openKeyStore(db, buildWriter(db));
    const labels = { team: null, user: null, feature: null, tools: null, models: null };
    const times = { createdAt: 1, expiresAt: null, revokedAt: null };
    const secret = { hash: 'h1', prefix: 'tg_live_abcd', createdAt: 1, expiresAt: null };
    await store.insert(
      { name: 'web', admin: false, pinPrompts: false, ...labels, ...times },
      secret,
    );
  });
  afterEach(() => db.close());

  it('a rotation whose secret cannot be written ends no other', async () => {
    const taken = { hash: 'h1', prefix: 'tg_live_efgh', createdAt: 2, expiresAt: null };
    await expect(store.rotate('web', taken, 5)).rejects.toThrow(/UNIQUE/);
    expect((await store.find('h1'))?.secret.expiresAt).toBeNull();
    expect(await store.get('web')).toMatchObject({ rotatedAt: null, prefix: 'tg_live_abcd' });
  });

  it('who calls is found without reading a whole table, however many keys there are', () => {
    const prepare = vi.spyOn(db, 'prepare');
    openKeyStore(db, buildWriter(db));
    const asked = prepare.mock.calls
      .map(([sql]) => sql)
      .filter((sql) => /WHERE (hash|name) = \?/.test(sql));
    prepare.mockRestore();
    const plans = asked
      .filter((sql) => sql.includes('SELECT'))
      .map((sql) =>
        db
          .prepare<[string], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
          .all('x')
          .map(({ detail }) => detail),
      );
    expect(plans).toHaveLength(3);
    expect(plans).toContainEqual(['SEARCH secrets USING PRIMARY KEY (hash=?)']);
    expect(plans.flat().filter((step) => step.startsWith('SCAN '))).toEqual([]);
  });

  it('a shared value that is there is read without a wait for the write lock', async () => {
    await store.shared('pepper', 'one');
    const locked = {
      write: () => Promise.reject(new Error('locked')),
      drained: () => Promise.resolve(),
    };
    const reading = openKeyStore(db, locked);
    expect(await reading.shared('pepper', 'two')).toBe('one');
    await expect(reading.shared('another', 'two')).rejects.toThrow('locked');
  });

  it('a database that is closed rejects, and throws at nobody', async () => {
    db.close();
    await expect(store.any()).rejects.toThrow(/not open/);
    await expect(store.find('h1')).rejects.toThrow(/not open/);
  });
});
