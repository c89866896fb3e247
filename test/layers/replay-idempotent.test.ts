import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call, Outcome } from '../../src/core/call/call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import type { Code } from '../../src/errors/codes.ts';
import { problem, type ProblemDetails } from '../../src/errors/problem.ts';
import { buildReplayIdempotent } from '../../src/layers/replay-idempotent.ts';
import type { IdempotencyStore } from '../../src/stores/ports/store.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { getUsage } from '../../tools/system/get-usage.ts';
import {
  again,
  answering,
  below,
  COST,
  KEEP_MS,
  openReplay,
  OUTPUT,
  spend,
} from '../support/idempotent-calls.ts';

let replay: ReturnType<typeof openReplay>;
beforeEach(() => {
  replay = openReplay();
});
afterEach(() => replay.close());

describe('a call with an idempotency key', () => {
  it('runs once; the next with the key gets the same output, and its row says from whom', async () => {
    const model = answering();
    const [first, second] = [again(), again()];
    const outcome = await replay.layer(first, model.next);
    expect(await replay.layer(second, model.next)).toEqual(outcome);
    expect(model.runs).toBe(1);
    expect(first.meta).toMatchObject({ servedBy: 'model', replayOf: null, savedNanoUsd: 0 });
    expect(second.meta).toMatchObject({
      servedBy: 'replay',
      replayOf: first.id,
      savedNanoUsd: COST,
      attempts: [],
    });
  });

  it('streams its text in one piece when it is replayed', async () => {
    const model = answering();
    const [first, second] = [again(), again()];
    await replay.layer(first, model.next);
    await replay.layer(second, model.next);
    expect(first.events).toEqual([]);
    expect(second.events).toEqual([
      {
        event: 'call',
        data: {
          id: second.id,
          tool: 'answer_question',
          prompt: null,
          budget: null,
          replay_of: first.id,
        },
      },
      { event: 'delta', data: { text: OUTPUT.answer } },
    ]);
  });

  it('of a tool that streams no text is replayed without any', async () => {
    const model = answering();
    const second = again({ tool: classifyText });
    await replay.layer(again({ tool: classifyText }), model.next);
    await replay.layer(second, model.next);
    expect(second.events.map(({ event }) => event)).toEqual(['call']);
  });

  it('is the same call in whatever order the keys of its input stand', async () => {
    const model = answering();
    const { question, options } = again().input as Record<string, unknown>;
    await replay.layer(again({ input: { question, options } }), model.next);
    await replay.layer(again({ input: { options, question } }), model.next);
    expect(model.runs).toBe(1);
  });

  it.each<[string, Partial<Call>]>([
    ['input', { input: { question: 'And the postage?' } }],
    ['tool', { tool: classifyText }],
  ])('is refused when the key came with another %s before', async (_what, over) => {
    const model = answering();
    const first = again();
    await replay.layer(first, model.next);
    await expect(replay.layer(again(over), model.next)).rejects.toMatchObject({
      code: 'idempotency_mismatch',
      message: expect.stringContaining(first.id) as string,
    });
    expect(model.runs).toBe(1);
  });

  it('does not meet the same key of another principal', async () => {
    const model = answering();
    await replay.layer(again(), model.next);
    await replay.layer(again({ principal: { ...LOCAL, id: 'bank' } }), model.next);
    expect(model.runs).toBe(2);
  });

  it('runs again when a day has passed', async () => {
    const model = answering();
    await replay.layer(again(), model.next);
    replay.clock.now += KEEP_MS;
    await replay.layer(again(), model.next);
    expect(model.runs).toBe(1);
    replay.clock.now += 1;
    await replay.layer(again(), model.next);
    expect(model.runs).toBe(2);
  });

  it('says again that its answer is worse than was asked for', async () => {
    const fallback = below(({ meta }) => {
      meta.degraded = true;
      return { ok: true, output: OUTPUT };
    });
    const second = again();
    await replay.layer(again(), fallback.next);
    await replay.layer(second, fallback.next);
    expect(second.meta).toMatchObject({ servedBy: 'replay', degraded: true, savedNanoUsd: 0 });
  });
});

describe('every call runs', () => {
  it.each<[string, Partial<Call>]>([
    ['without a key', { idempotencyKey: null }],
    ['of a tool that is a plain function', { tool: getUsage }],
  ])('%s', async (_what, over) => {
    const model = answering();
    const second = again(over);
    await replay.layer(again(over), model.next);
    expect(await replay.layer(second, model.next)).toMatchObject({ output: { run: 2 } });
    expect(second.meta).toMatchObject({ servedBy: 'model', replayOf: null });
  });
});

describe('a call that fails', () => {
  const detail = 'This went wrong.';
  const thrown = (code: Code, costNanoUsd: number, details: Partial<ProblemDetails> = {}) =>
    below((call) => {
      spend(call, costNanoUsd);
      throw problem(code, { detail, ...details });
    });

  it.each<[Code, number, 'kept' | 'runs again']>([
    ['model_refused', COST, 'kept'],
    ['output_truncated', COST, 'kept'],
    ['internal_error', COST, 'kept'],
    ['model_refused', 0, 'runs again'],
    ['budget_spent', 0, 'runs again'],
    ['model_unavailable', COST, 'runs again'],
    ['model_stream_broken', COST, 'runs again'],
    ['cancelled', COST, 'runs again'],
    ['deadline_exceeded', COST, 'runs again'],
  ])('with %s after it spent %i: %s', async (code, cost, what) => {
    const failing = thrown(code, cost);
    const [first, second] = [again(), again()];
    await expect(replay.layer(first, failing.next)).rejects.toMatchObject({ code });
    await expect(replay.layer(second, failing.next)).rejects.toMatchObject({ code });
    expect(failing.runs).toBe(what === 'kept' ? 1 : 2);
    expect(second.meta.replayOf).toBe(what === 'kept' ? first.id : null);
  });

  it('is kept as well when the problem is returned', async () => {
    const refused = below((call) => {
      spend(call);
      return { ok: false, problem: problem('model_refused', { detail }) };
    });
    expect(await replay.layer(again(), refused.next)).toMatchObject({ ok: false });
    const second = again();
    await expect(replay.layer(second, refused.next)).rejects.toMatchObject({
      code: 'model_refused',
    });
    expect(refused.runs).toBe(1);
    expect(second.meta).toMatchObject({ servedBy: 'replay', savedNanoUsd: COST });
    expect(second.events.map(({ event }) => event)).toEqual(['call']);
  });

  it('tells the next all that the first was told, but for what is for the log', async () => {
    const details: ProblemDetails = {
      detail,
      nextActions: [{ action: 'rephrase', why: 'It helps.', params: { a: [1] } }],
      errors: [{ pointer: '/a', code: 'wrong', detail: 'So.' }],
      limits: [
        { budget: 'b', unit: 'usd', limit: 1, used: 2, held: 0, remaining: 0, resets_at: null },
      ],
      partial: { usable: true, text_chars: 12 },
      upstream: { provider: 'p', model: null, status: 500, type: null, request_id: 'r' },
      retryAfterMs: 5_000,
    };
    const failing = thrown('model_refused', COST, { ...details, cause: { secret: 'stack' } });
    await expect(replay.layer(again(), failing.next)).rejects.toThrow(detail);
    await expect(replay.layer(again(), failing.next)).rejects.toHaveProperty('details', details);
    expect(JSON.stringify(replay.db.prepare('SELECT * FROM idempotency_keys').all())).not.toContain(
      'secret',
    );
  });

  it('and names a time to come back runs again then', async () => {
    const cut = thrown('budget_cut', COST, { retryAfterMs: 60_000 });
    await expect(replay.layer(again(), cut.next)).rejects.toThrow(detail);
    replay.clock.now += 60_000;
    await expect(replay.layer(again(), cut.next)).rejects.toThrow(detail);
    expect(cut.runs).toBe(1);
    replay.clock.now += 1;
    expect(await replay.layer(again(), answering().next)).toMatchObject({ ok: true });
  });

  it('by a bug of ours throws that very error, and is a problem when it is replayed', async () => {
    const bug = new TypeError('x is not a function');
    const broken = below((call) => {
      spend(call);
      throw bug;
    });
    await expect(replay.layer(again(), broken.next)).rejects.toBe(bug);
    await expect(replay.layer(again(), broken.next)).rejects.toMatchObject({
      code: 'internal_error',
    });
    expect(broken.runs).toBe(1);
  });
});

describe('a store that does not take an outcome', () => {
  const full = new Error('database or disk is full');
  /** Fails when the first key is closed, and works from then on. */
  const onceFull = () => {
    const { store } = replay.parts;
    let failed = false;
    const failOnce = (work: () => Promise<void>): Promise<void> => {
      if (failed) return work();
      failed = true;
      return Promise.reject(full);
    };
    const faulty: IdempotencyStore = {
      begin: (call, at) => store.begin(call, at),
      finish: (...kept) => failOnce(() => store.finish(...kept)),
      abandon: (call) => failOnce(() => store.abandon(call)),
    };
    return buildReplayIdempotent({ ...replay.parts, store: faulty });
  };

  it('costs nobody the answer: it is given now, and replayed to the next', async () => {
    const layer = onceFull();
    const model = answering();
    const outcome: Outcome = await layer(again(), model.next);
    expect(outcome).toMatchObject({ ok: true, output: { run: 1 } });
    expect(replay.errors).toEqual([full]);
    expect(await layer(again(), model.next)).toEqual(outcome);
    expect(model.runs).toBe(1);
    expect(replay.errors).toEqual([full]);
  });

  it('does not hide why a call failed, nor keep the key from the next', async () => {
    const layer = onceFull();
    const busy = below(() => {
      throw problem('overloaded', { detail: 'Full.' });
    });
    await expect(layer(again(), busy.next)).rejects.toMatchObject({ code: 'overloaded' });
    expect(replay.errors).toEqual([full]);
    expect(await layer(again(), answering().next)).toMatchObject({ ok: true });
  });
});
