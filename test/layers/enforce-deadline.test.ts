import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, Next, Outcome } from '../../src/core/call/call.ts';
import type { Tool } from '../../src/core/tool/define-tool.ts';
import { buildEnforceDeadline } from '../../src/layers/enforce-deadline.ts';
import { fakeCall } from '../support/calls.ts';

const ANSWER: Outcome = { ok: true, output: 'answer' };
const BUDGET_MS = 1_000;
const layer = buildEnforceDeadline(() => Date.now());
const calling = (over: Partial<Call> = {}): Call =>
  fakeCall({ tool: { policy: { deadlineMs: BUDGET_MS } } as Tool, ...over });

/** Settles with its signal's reason as soon as that aborts, as a model's attempt does. */
const listening: Next = ({ signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
const deaf: Next = () => new Promise(() => undefined);

/** How a call ended, and when. */
function ending(work: Promise<Outcome>) {
  const startedAt = Date.now();
  return work.then(
    (outcome) => ({ outcome, after: Date.now() - startedAt }),
    (error: unknown) => ({ error, after: Date.now() - startedAt }),
  );
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('enforce-deadline', () => {
  it('lets an answer in time through and leaves no timer and no listener behind', async () => {
    const controller = new AbortController();
    const ended = await layer(calling({ signal: controller.signal }), () =>
      Promise.resolve(ANSWER),
    );
    expect(ended).toBe(ANSWER);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('leaves nothing behind after a failure either', async () => {
    const controller = new AbortController();
    const failing: Next = () => Promise.reject(new Error('below'));
    await expect(layer(calling({ signal: controller.signal }), failing)).rejects.toThrow('below');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('tells everything below when an answer is due', async () => {
    vi.setSystemTime(5_000);
    let due: number | undefined;
    await layer(calling(), ({ deadlineAt }) => {
      due = deadlineAt;
      return Promise.resolve(ANSWER);
    });
    expect(due).toBe(5_000 + BUDGET_MS);
  });

  it('stops what is below when time is up, and says what time there was', async () => {
    const ended = ending(layer(calling(), listening));
    await vi.advanceTimersByTimeAsync(BUDGET_MS);
    const { error, after } = (await ended) as { error: Error; after: number };
    expect(error).toMatchObject({ code: 'deadline_exceeded' });
    expect(error.message).toContain('1 s');
    expect(after).toBe(BUDGET_MS);
    await vi.advanceTimersByTimeAsync(250);
  });

  it('does not fire one moment early', async () => {
    const slow: Next = async () => {
      await new Promise((resolve) => setTimeout(resolve, BUDGET_MS - 1));
      return ANSWER;
    };
    const ended = ending(layer(calling(), slow));
    await vi.advanceTimersByTimeAsync(BUDGET_MS);
    expect(await ended).toMatchObject({ outcome: ANSWER, after: BUDGET_MS - 1 });
  });

  it('stops what is below when the caller leaves', async () => {
    const controller = new AbortController();
    const ended = ending(layer(calling({ signal: controller.signal }), listening));
    await vi.advanceTimersByTimeAsync(300);
    controller.abort();
    expect(await ended).toMatchObject({ error: { code: 'cancelled' }, after: 300 });
    await vi.advanceTimersByTimeAsync(250);
  });

  it('stops at once for a caller who had left before', async () => {
    let aborted = false;
    const ended = ending(
      layer(calling({ signal: AbortSignal.abort() }), ({ signal }) => {
        ({ aborted } = signal);
        return Promise.reject(signal.reason as Error);
      }),
    );
    expect(await ended).toMatchObject({ error: { code: 'cancelled' } });
    expect(aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(250);
  });

  it.each([
    ['its time is up', BUDGET_MS, 'deadline_exceeded'],
    ['the caller has left', 400, 'cancelled'],
  ])('leaves behind what does not listen, a moment after %s', async (_why, at, code) => {
    const controller = new AbortController();
    const ended = ending(layer(calling({ signal: controller.signal }), deaf));
    await vi.advanceTimersByTimeAsync(400);
    if (code === 'cancelled') controller.abort();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await ended).toMatchObject({ error: { code }, after: at + 250 });
  });

  it('still takes an answer that comes within that moment', async () => {
    const late: Next = ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () =>
          setTimeout(() => {
            resolve(ANSWER);
          }, 100),
        );
      });
    const ended = ending(layer(calling(), late));
    await vi.advanceTimersByTimeAsync(BUDGET_MS + 250);
    expect(await ended).toMatchObject({ outcome: ANSWER, after: BUDGET_MS + 100 });
  });
});
