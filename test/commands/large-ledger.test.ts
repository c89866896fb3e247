import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { runCommand } from '../support/command.ts';
import { fillLedger } from '../support/fill-ledger.ts';
import { tempFolder } from '../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(async () => {
  folder = tempFolder();
  const path = join(folder.path, '.tollgate', 'tollgate.db');
  await openSqlite(path).close();
  const db = new Database(path);
  fillLedger(db, 2_000, Date.now());
  db.close();
});
afterEach(() => {
  folder.remove();
});

describe('on a ledger that is asked in a thread', () => {
  it.each([
    [['cache', 'stats']],
    [['budgets', 'events']],
    [['keys', 'list']],
    [['usage', 'verify']],
  ])('tollgate %j says its answer and ends', async (words) => {
    const ran = await runCommand(words, { cwd: folder.path, asProcess: true });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).not.toBe('');
  });
});
