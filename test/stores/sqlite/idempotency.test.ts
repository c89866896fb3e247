import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdempotentCall } from '../../../src/stores/ports/store.ts';
import { openStoreOfProcess } from '../../support/idempotency-store.ts';
import { idempotencyCases } from '../cases/idempotency-cases.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idempotency-'));
  path = join(folder, 't.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const call: IdempotentCall = { principal: 'p', key: 'k', bodyHash: 'h', callId: 'call_1' };
const AT = { now: 0, leaseUntil: 100 };

describe('in SQLite', () => {
  idempotencyCases(() => {
    const one = openStoreOfProcess(path, 'process_1');
    const two = openStoreOfProcess(path, 'process_2');
    const close = async (): Promise<void> => {
      await Promise.all([one.close(), two.close()]);
    };
    return Promise.resolve({ store: one.store, other: two.store, close });
  });

  it('an outcome outlives the process that kept it', async () => {
    const one = openStoreOfProcess(path);
    await one.store.begin(call, AT);
    await one.store.finish(call, '"kept"', 1_000);
    await one.close();
    const two = openStoreOfProcess(path, 'process_2');
    const begun = await two.store.begin({ ...call, callId: 'call_2' }, AT);
    expect(begun).toEqual({ state: 'done', callId: 'call_1', outcome: '"kept"' });
    await two.close();
  });

  it('the row of a running call says which process has it, and until when', async () => {
    const { store, db, close } = openStoreOfProcess(path, 'process_7');
    await store.begin(call, AT);
    const rows = db.prepare('SELECT process, until, outcome FROM idempotency_keys').all();
    expect(rows).toEqual([{ process: 'process_7', until: 100, outcome: null }]);
    await close();
  });

  it('whoever waits for a key does not wait for the write lock too', async () => {
    const [one, two] = [
      openStoreOfProcess(path, 'process_1'),
      openStoreOfProcess(path, 'process_2'),
    ];
    await one.store.begin(call, AT);
    two.db.exec('BEGIN IMMEDIATE');
    const begun = await one.store.begin({ ...call, callId: 'call_2' }, AT);
    expect(begun).toEqual({ state: 'running', callId: 'call_1' });
    two.db.exec('ROLLBACK');
    await Promise.all([one.close(), two.close()]);
  });
});
