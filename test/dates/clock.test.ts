import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.ts';
import { tempFolder } from '../support/fronts.ts';
import { TEST_LIMIT_MS } from '../support/limits.ts';

/** Else a run at another date would be one of this process alone. */
describe('the clock of a test is that of', () => {
  const expectNow = (told: string): void => {
    expect(Math.abs(Date.parse(told) - Date.now())).toBeLessThan(TEST_LIMIT_MS);
  };

  it('the commands it starts', async () => {
    const folder = tempFolder();
    const keys = (...args: string[]) =>
      runCommand(['keys', ...args], { cwd: folder.path, asProcess: true });
    await keys('create', 'web');
    const { stdout } = await keys('revoke', 'web');
    expectNow(stdout.replace('revoked web at ', '').trim());
    folder.remove();
  });

  it('its threads', async () => {
    const program =
      "require('node:worker_threads').parentPort.postMessage(new Date().toISOString())";
    const [told] = (await once(new Worker(program, { eval: true }), 'message')) as [string];
    expectNow(told);
  });

  it('the database', () => {
    const db = new Database(':memory:');
    expectNow(db.prepare<[], string>("SELECT strftime('%FT%TZ')").pluck().get() ?? '');
    db.close();
  });
});
