import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/call/call.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeCall } from '../../support/calls.ts';
import { counted } from '../../support/counted.ts';

let store: Store;
beforeEach(() => {
  store = openSqlite(':memory:');
});
afterEach(() => store.close());

let calls = 0;
const record = (...attempts: AttemptRecord[]): Promise<unknown> => {
  calls += 1;
  return store.ledger.record(fakeCall({ id: `call_${String(calls)}` }, { attempts }));
};

describe('the attempts that calibration learns from', () => {
  it('are whole, oldest first', async () => {
    const attempts = Array.from({ length: 12 }, (_, i) => counted({ usage: { input: 100 + i } }));
    for (const attempt of attempts) await record(attempt);
    expect(await store.ledger.countedAttempts(99)).toEqual(attempts);
  });

  it('are those of the newest calls, each with all of its attempts in order', async () => {
    const attempt = (input: number): AttemptRecord => counted({ usage: { input } });
    await record(attempt(1));
    await record(attempt(2), attempt(3));
    await record(attempt(4), attempt(5), attempt(6));
    const inputs = async (limit: number): Promise<number[]> =>
      (await store.ledger.countedAttempts(limit)).map(({ usage }) => usage.input);
    expect(await inputs(2)).toEqual([2, 3, 4, 5, 6]);
    expect(await inputs(1)).toEqual([4, 5, 6]);
    expect(await inputs(0)).toEqual([]);
  });

  it('leave out what only one side has counted, and rows from before there was an estimate', async () => {
    const older: Partial<AttemptRecord> = counted();
    delete older.estimate;
    await record();
    await record(
      counted({ usage: { source: 'estimated' } }),
      counted({ usage: { source: 'none' } }),
    );
    await record(counted({ estimate: null }), older as AttemptRecord);
    await record(counted({ outcome: 'invalid' }), counted({ usage: { source: 'none' } }));
    expect(await store.ledger.countedAttempts(99)).toEqual([counted({ outcome: 'invalid' })]);
  });
});
