import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Call, Next, Outcome } from '../../src/core/call/call.ts';
import { buildRecordCall } from '../../src/layers/record-call.ts';
import type { LedgerWriter } from '../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

const ANSWER: Outcome = { ok: true, output: 'answer' };

/** A ledger that can be broken and repaired, a log that is kept, and a tool that counts its runs. */
function parts() {
  const rows: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const state = { broken: false, runs: 0, now: 1_000, trouble: null as string | null };
  const ledger: LedgerWriter = {
    record: async ({ id }) => {
      await Promise.resolve();
      if (state.broken) throw new Error('disk full');
      if (!rows.includes(id)) rows.push(id);
      return [];
    },
    trouble: () => state.trouble,
  };
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line) as never) });
  const layer = buildRecordCall(ledger, log, () => state.now);
  const next: Next = (call) => {
    state.runs += 1;
    call.meta.finish = 'complete';
    return Promise.resolve(ANSWER);
  };
  const run = (id: string, below = next): Promise<Outcome> => layer(fakeCall({ id }), below);
  return { rows, lines, state, layer, run };
}

describe('record-call', () => {
  it('writes one row, when the call has ended, with how long it took', async () => {
    const written: Call['meta'][] = [];
    const layer = buildRecordCall(
      {
        record: (call) => {
          written.push({ ...call.meta });
          return Promise.resolve([]);
        },
        trouble: () => null,
      },
      pino({ level: 'silent' }),
      () => 1_000,
    );
    const below: Next = (call) => {
      expect(written).toEqual([]);
      call.meta.finish = 'complete';
      return Promise.resolve(ANSWER);
    };
    expect(await layer(fakeCall({}, { startedAt: 400 }), below)).toBe(ANSWER);
    expect(written).toHaveLength(1);
    expect(written).toMatchObject([{ finish: 'complete', latencyMs: 600 }]);
  });

  it('lets the answer out when the row cannot be written, and logs the whole row', async () => {
    const { lines, rows, state, layer } = parts();
    state.broken = true;
    const call = fakeCall({}, { attempts: [fakeAttempt({ costNanoUsd: 5_000 })] });
    expect(await layer(call, () => Promise.resolve(ANSWER))).toBe(ANSWER);
    expect(rows).toEqual([]);
    expect(lines).toMatchObject([{ level: 60, row: { id: 'call_1', cost_usd: 0.000005 } }]);
  });

  it('refuses the next call before its tool runs, while a row is unwritten', async () => {
    const { state, run } = parts();
    state.broken = true;
    await run('call_1');
    expect(await run('call_2')).toMatchObject({
      ok: false,
      problem: { code: 'ledger_unavailable' },
    });
    expect(state.runs).toBe(1);
  });

  it('refuses every call, and writes no row, while the ledger is in trouble', async () => {
    const { rows, state, run } = parts();
    state.trouble = 'the database is no longer there';
    expect(await run('call_1')).toMatchObject({
      ok: false,
      problem: {
        code: 'ledger_unavailable',
        details: { detail: 'Nothing new is spent: the database is no longer there.' },
      },
    });
    expect([rows, state.runs]).toEqual([[], 0]);
    state.trouble = null;
    expect(await run('call_2')).toBe(ANSWER);
  });

  it('writes what was kept, in order, before it lets the next call through', async () => {
    const { rows, state, run } = parts();
    state.broken = true;
    // Both are under way when the disk fills up.
    await Promise.all([run('call_1'), run('call_2')]);
    expect(await run('call_3')).toMatchObject({ ok: false });
    state.broken = false;
    expect(await run('call_4')).toBe(ANSWER);
    expect(rows.filter((id) => id !== 'call_3')).toEqual(['call_1', 'call_2', 'call_4']);
    expect(await run('call_5')).toBe(ANSWER);
    expect(rows.at(-1)).toBe('call_5');
  });

  it('loses no kept row when several calls find it at once and the disk fails again', async () => {
    const { rows, state, run } = parts();
    state.broken = true;
    await Promise.all(['call_1', 'call_2', 'call_3'].map((id) => run(id)));
    state.broken = false;
    const both = [run('call_4'), run('call_5')];
    await Promise.resolve();
    await Promise.resolve();
    state.broken = true;
    await Promise.all(both);
    state.broken = false;
    await run('call_6');
    expect(rows).toEqual(expect.arrayContaining(['call_1', 'call_2', 'call_3', 'call_6']));
  });
});
