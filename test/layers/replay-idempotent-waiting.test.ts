import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Layer } from '../../src/core/call/call.ts';
import { problem } from '../../src/errors/problem.ts';
import {
  buildReplayIdempotent,
  type IdempotencyParts,
} from '../../src/layers/replay-idempotent.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { openStoreOfProcess } from '../support/idempotency-store.ts';
import {
  again,
  answering,
  below,
  LEASE_MS,
  openReplay,
  OUTPUT,
  spend,
  startCall,
} from '../support/idempotent-calls.ts';

let replay: ReturnType<typeof openReplay>;
beforeEach(() => {
  replay = openReplay();
});
afterEach(() => replay.close());

describe('calls with one key at the same moment', () => {
  /** The clock stands still: fifty who wait would move it on fifty times. */
  const build = (over: Partial<IdempotencyParts> = {}): Layer =>
    buildReplayIdempotent({ ...replay.parts, wait: () => turn(), ...over });

  async function expectOneRun(layers: readonly [Layer, ...Layer[]]): Promise<void> {
    const model = below(async (call) => {
      for (let i = 0; i < 5; i += 1) await turn();
      spend(call);
      return { ok: true, output: { ...OUTPUT, by: call.id } };
    });
    const calls = Array.from({ length: 50 }, () => again());
    const outcomes = await Promise.all(
      calls.map((call, i) => (layers[i % layers.length] ?? layers[0])(call, model.next)),
    );
    expect(model.runs).toBe(1);
    const [payer] = calls.filter(({ meta }) => meta.attempts.length > 0);
    const replays = calls.filter(({ meta }) => meta.servedBy === 'replay');
    expect(replays.map(({ meta }) => meta.replayOf)).toEqual(
      Array.from({ length: 49 }, () => payer?.id),
    );
    const output = { ...OUTPUT, by: payer?.id };
    expect(outcomes).toEqual(Array.from({ length: 50 }, () => ({ ok: true, output })));
  }

  it('run once, and fifty get the same output', async () => {
    await expectOneRun([build()]);
  });

  it('run once over two processes on one file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'replay-'));
    const one = openStoreOfProcess(join(folder, 't.db'), 'process_1');
    const two = openStoreOfProcess(join(folder, 't.db'), 'process_2');
    try {
      await expectOneRun([build({ store: one.store }), build({ store: two.store })]);
    } finally {
      await Promise.all([one.close(), two.close()]);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a call that finds its key taken', () => {
  it('looks soon and then more rarely, and gives up when the time of its tool is over', async () => {
    const { deadlineMs } = answerQuestion.policy;
    const first = await startCall(replay.layer);
    // As if its process had gone on to renew the lease.
    replay.db.prepare('UPDATE idempotency_keys SET until = until + ?').run(deadlineMs);
    const model = answering();
    await expect(replay.layer(again(), model.next)).rejects.toMatchObject({
      code: 'idempotency_in_flight',
      message: expect.stringContaining(first.id) as string,
      details: { retryAfterMs: 1_000 },
    });
    expect(model.runs).toBe(0);
    expect(replay.pauses.slice(0, 6)).toEqual([25, 50, 100, 200, 250, 250]);
    expect(replay.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(deadlineMs);
    first.end({ ok: true, output: OUTPUT });
    await first.ended;
  });

  it('gets the answer of the first as soon as there is one', async () => {
    const first = await startCall(replay.layer);
    const model = answering();
    const second = again();
    const outcome = replay.layer(second, model.next);
    await replay.waited();
    first.end({ ok: true, output: OUTPUT });
    expect(await outcome).toEqual(await first.ended);
    expect(second.meta.replayOf).toBe(first.id);
    expect(model.runs).toBe(0);
  });

  it('runs itself once the first has failed without spending anything', async () => {
    const first = await startCall(replay.layer);
    const outcome = replay.layer(again(), answering().next);
    await replay.waited();
    first.end(problem('overloaded', { detail: 'Full.' }));
    await expect(first.ended).rejects.toMatchObject({ code: 'overloaded' });
    expect(await outcome).toMatchObject({ ok: true, output: { run: 1 } });
  });

  it('takes over when the lease of the first has ended, whose late answer changes nothing', async () => {
    const first = await startCall(replay.layer);
    replay.clock.now += LEASE_MS;
    const model = answering();
    const second = again();
    const outcome = await replay.layer(second, model.next);
    first.end({ ok: true, output: 'late' });
    expect(await first.ended).toEqual({ ok: true, output: 'late' });
    const third = again();
    expect(await replay.layer(third, model.next)).toEqual(outcome);
    expect(third.meta.replayOf).toBe(second.id);
    expect(model.runs).toBe(1);
  });

  it('stops to wait when its caller leaves', async () => {
    const first = await startCall(replay.layer);
    const gone = new AbortController();
    const inRealTime = buildReplayIdempotent(replay.parts);
    const model = answering();
    const outcome = inRealTime(again({ signal: gone.signal }), model.next);
    await turn();
    gone.abort();
    await expect(outcome).rejects.toMatchObject({
      code: 'cancelled',
      message: 'The caller went away before the answer was complete.',
    });
    expect(model.runs).toBe(0);
    first.end({ ok: true, output: OUTPUT });
    await first.ended;
  });
});
