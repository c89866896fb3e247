import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Hold, Purchase } from '../../src/core/call/hold.ts';
import { problem, type ProblemError } from '../../src/errors/problem.ts';
import { ANSWER } from '../support/fake-provider.ts';
import { ask, failing, MODELS } from './chain-fixture.ts';

// Whoever asks a model again waits first: time may run on to the next timer.
beforeEach(() => {
  vi.useFakeTimers();
  vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => {
  vi.useRealTimers();
});

const SPENT = problem('budget_spent', { detail: 'Nothing is left.' });

/** A hold that pays or does not, by model, and keeps what was asked of it. */
function fakeHold(pays: (purchase: Purchase) => boolean) {
  const bought: Purchase[] = [];
  const hold: Hold = {
    buy: (purchase) => {
      bought.push(purchase);
      return Promise.resolve(pays(purchase) ? null : SPENT);
    },
    recount: () => Promise.resolve(Infinity),
    cut: () => problem('budget_cut', { detail: 'It ran out.' }),
  };
  return { hold, bought };
}

const [FIRST, SECOND] = MODELS;

describe('a chain with a hold', () => {
  it('buys each attempt before it is sent, at its worst case', async () => {
    const { hold, bought } = fakeHold(() => true);
    const { output, meta } = ask([failing('model_unavailable'), ANSWER], { asked: { hold } });
    await output;
    expect(bought.map(({ model }) => model)).toEqual(meta.attempts.map(({ model }) => model));
    const [{ need, lost }] = bought as [Purchase];
    expect(lost).toMatchObject({
      outcome: 'lost',
      reached: 'unknown',
      usage: { input: need.promptTokens, output: need.outputTokens, source: 'estimated' },
      costNanoUsd: need.nanoUsd,
    });
  });

  it('asks a cheaper model when the first is not paid for, which leaves no attempt', async () => {
    const { hold } = fakeHold(({ model }) => model !== FIRST);
    const { output, meta, asked } = ask([ANSWER], { asked: { hold } });
    await output;
    expect(asked()).toEqual([SECOND]);
    expect(meta.attempts).toHaveLength(1);
    expect(meta.route?.reason).toContain(`${FIRST} was passed over: budget_spent`);
  });

  it('ends with the budget when nobody is paid for, and nobody was asked', async () => {
    const { hold } = fakeHold(() => false);
    const { output, asked, parts } = ask([ANSWER], { asked: { hold } });
    await expect(output).rejects.toBe(SPENT);
    expect(asked()).toEqual([]);
    expect(parts.queues.of(FIRST).status().running).toBe(0);
    expect(parts.breakers.of(FIRST).status().state).toBe('closed');
  });

  it('ends with what went wrong at the model when another try is not paid for', async () => {
    let left = 1;
    const { hold } = fakeHold(() => (left -= 1) >= 0);
    const { output, meta } = ask([failing('model_unavailable')], { asked: { hold } });
    const error = await output.catch((thrown: unknown) => thrown as ProblemError);
    expect(error).toMatchObject({ code: 'model_unavailable' });
    expect(meta.attempts).toHaveLength(1);
  });
});
