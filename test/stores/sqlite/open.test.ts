import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeCall } from '../../support/calls.ts';
import { sized } from '../../support/depth.ts';
import { RECORD_CALLS } from '../../support/record-calls.ts';

let folder: string;
const opened: Store[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});
const open = (path: string): Store => {
  const store = openSqlite(path);
  opened.push(store);
  return store;
};
const pragma = (path: string, text: string): unknown => {
  const db = new Database(path);
  try {
    return db.pragma(text, { simple: true });
  } finally {
    db.close();
  }
};

describe('a database file', () => {
  it('is made with its folders, and keeps its rows', async () => {
    const path = join(folder, 'a/b/tollgate.db');
    const store = openSqlite(path);
    await store.ledger.record(fakeCall());
    await store.close();
    expect(await open(path).ledger.get('call_1', null)).toMatchObject({ id: 'call_1' });
  });

  it('is migrated once, however often it is opened', () => {
    const path = join(folder, 't.db');
    open(path);
    const version = pragma(path, 'user_version');
    expect(version).toBeGreaterThan(0);
    open(path);
    open(path);
    expect(pragma(path, 'user_version')).toBe(version);
  });

  it('lets readers in while somebody writes', () => {
    const path = join(folder, 't.db');
    open(path);
    expect(pragma(path, 'journal_mode')).toBe('wal');
  });

  it('of a newer tollgate is refused with what to do, and left as it is', () => {
    const path = join(folder, 't.db');
    open(path);
    pragma(path, 'user_version = 999');
    expect(() => openSqlite(path)).toThrow(
      /version 999, this tollgate knows \d+: use the newer tollgate, or another TOLLGATE_DB/,
    );
    expect(pragma(path, 'user_version')).toBe(999);
  });

  it('that is none is refused and not overwritten', () => {
    const path = join(folder, 't.db');
    writeFileSync(path, 'This is a letter and not a database. '.repeat(100));
    expect(() => openSqlite(path)).toThrow('is not a tollgate database');
    expect(readFileSync(path, 'utf8')).toMatch(/^This is a letter/);
  });
});

describe('the folder of the database', () => {
  it('keeps itself out of git when it is our own', () => {
    open(join(folder, '.tollgate/tollgate.db'));
    expect(readFileSync(join(folder, '.tollgate/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('is left alone when it is somebody else’s', () => {
    open(join(folder, 'data/tollgate.db'));
    expect(existsSync(join(folder, 'data/.gitignore'))).toBe(false);
  });

  it('keeps a .gitignore that somebody wrote', async () => {
    const path = join(folder, '.tollgate/tollgate.db');
    await openSqlite(path).close();
    writeFileSync(join(folder, '.tollgate/.gitignore'), '# mine\n');
    open(path);
    expect(readFileSync(join(folder, '.tollgate/.gitignore'), 'utf8')).toBe('# mine\n');
  });
});

describe('the health of the store', () => {
  it('is null when calls can be read, and else says what is wrong', async () => {
    const store = openSqlite(':memory:');
    expect(await store.health()).toBeNull();
    await store.close();
    expect(await store.health()).toMatch(/not open/);
  });

  it('shows in the ledger as a rejection, never as a throw', async () => {
    const store = openSqlite(':memory:');
    await store.close();
    await expect(store.ledger.record(fakeCall())).rejects.toThrow('not open');
    await expect(store.ledger.get('x', null)).rejects.toThrow('not open');
  });
});

describe('one file and several writers', () => {
  it('in one process see each other’s rows', async () => {
    const path = join(folder, 't.db');
    const [one, other] = [open(path), open(path)];
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        (i % 2 === 0 ? one : other).ledger.record(fakeCall({ id: `call_${String(i)}` })),
      ),
    );
    expect(await one.ledger.list({ limit: 200 }, null)).toHaveLength(100);
    expect(await other.ledger.list({ limit: 200 }, null)).toHaveLength(100);
  });

  it('in processes that start on a new file at once lose nothing', async () => {
    const path = join(folder, 'new/t.db');
    const run = promisify(execFile);
    const names = ['a', 'b', 'c', 'd'].slice(0, sized(2, 4));
    const startAt = String(Date.now() + 1_500);
    await Promise.all(
      names.map((name) =>
        run(process.execPath, ['--import', 'tsx', RECORD_CALLS, path, name, '300', startAt]),
      ),
    );
    const [all] = await open(path).ledger.sum({ groupBy: 'all', from: 0, to: 1 }, null);
    expect(all?.calls).toBe(names.length * 300);
  });
});
