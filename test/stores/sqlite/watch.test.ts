import { copyFileSync, mkdtempSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/stores/ports/store.ts';
import { migrate } from '../../../src/stores/sqlite/migrate.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { buildWatch } from '../../../src/stores/sqlite/watch.ts';
import { buildWriter } from '../../../src/stores/sqlite/writer.ts';
import { fakeCall } from '../../support/calls.ts';
import { damagePages } from '../../support/damage.ts';
import { eventually } from '../../support/eventually.ts';

let folder: string;
let path: string;
let store: Store;
const told: (string | null)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'));
  path = join(folder, 't.db');
  told.length = 0;
  store = openSqlite(path, { onTrouble: (trouble) => told.push(trouble) });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('a database that is no longer under its path', () => {
  it('is noticed without anybody asking, and told of once', async () => {
    expect(store.ledger.trouble()).toBeNull();
    renameSync(path, `${path}.old`);
    await eventually(() => {
      expect(told).toHaveLength(1);
    });
    expect(told[0]).toContain(`the database t.db is no longer there`);
    expect(store.ledger.trouble()).toBe(told[0]);
    expect(await store.health()).toBe(told[0]);
  });

  it('is well again when it is put back', async () => {
    renameSync(path, `${path}.old`);
    expect(await store.health()).toContain('no longer there');
    renameSync(`${path}.old`, path);
    expect(await store.health()).toBeNull();
    expect(store.ledger.trouble()).toBeNull();
    expect(told).toEqual([expect.stringContaining('no longer there'), null]);
  });

  it('is in trouble when another process has begun a new one there', async () => {
    for (const part of ['', '-wal', '-shm']) unlinkSync(`${path}${part}`);
    const other = openSqlite(path);
    expect(await store.health()).toContain(`another file has taken the place of t.db`);
    expect(await other.health()).toBeNull();
    await other.close();
  });

  it('is in trouble when a copy has taken its place', async () => {
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    expect(await store.health()).toContain('another file has taken the place');
  });

  it.each(['-wal', '-shm'])('is in trouble when its %s was deleted', async (part) => {
    unlinkSync(`${path}${part}`);
    expect(await store.health()).toContain(`t.db${part}, a part of the database t.db, was`);
  });
});

describe('a damaged database', () => {
  it('is noticed by the first who reads or writes, and stays so', async () => {
    await store.ledger.record(fakeCall());
    damagePages(path);
    await expect(store.ledger.list({ limit: 1 }, null)).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    expect(store.ledger.trouble()).toContain('the database t.db is damaged');
    expect(await store.health()).toBe(store.ledger.trouble());
  });

  it('is noticed by a question that a thread answers', async () => {
    const threaded = openSqlite(path, { threadFrom: 0 });
    await threaded.ledger.record(fakeCall());
    damagePages(path);
    await expect(threaded.ledger.list({ limit: 1 }, null)).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    expect(threaded.ledger.trouble()).toContain('the database t.db is damaged');
    await threaded.close();
  });
});

describe('a full disk', () => {
  /** A database with a limit to its pages, which is what a full disk is to SQLite. */
  function withLimit() {
    const full = join(folder, 'full.db');
    const db = new Database(full);
    db.pragma('journal_mode = WAL');
    migrate(db);
    const writer = buildWriter(db);
    const heard: (string | null)[] = [];
    const watch = buildWatch({
      db,
      writer,
      path: full,
      now: Date.now,
      onChange: (trouble) => heard.push(trouble),
    });
    const limit = (pages: number): unknown => db.pragma(`max_page_count = ${String(pages)}`);
    const fill = db.prepare(`INSERT INTO probes (at, room) VALUES (1, zeroblob(100000))`);
    const close = (): void => {
      watch.stop();
      db.close();
    };
    return { watch, heard, limit, close, write: () => writer.write(() => void fill.run()) };
  }

  it('is noticed by the first write that fails, and is over when there is room again', async () => {
    const { watch, heard, limit, write, close } = withLimit();
    expect(await watch.check()).toBeNull();
    limit(1);
    const error: unknown = await write().catch((thrown: unknown) => thrown);
    watch.note(error);
    expect(watch.trouble()).toContain('there is no room left');
    // A small write might still find room.
    expect(await watch.check()).toContain('there is no room left');
    limit(1_000_000);
    // Without anybody asking.
    await eventually(() => {
      expect(heard.at(-1)).toBeNull();
    });
    await write();
    expect(watch.trouble()).toBeNull();
    close();
  });

  it('shares one probe among many who ask', async () => {
    const { watch, close } = withLimit();
    const asked = Array.from({ length: 50 }, () => watch.check());
    expect(new Set(asked).size).toBe(1);
    await Promise.all(asked);
    close();
  });
});

describe('errors that are not of the database', () => {
  it('are no trouble', async () => {
    await expect(store.budgets.put('a', null as never)).resolves.toBeUndefined();
    await expect(store.keys.rotate('nobody', null as never, 0)).rejects.toThrow();
    expect(store.ledger.trouble()).toBeNull();
  });
});
