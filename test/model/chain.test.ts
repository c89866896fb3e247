import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isUnpaid } from '../../src/model/retry-policy.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { fakeEstimate } from '../support/model-parts.ts';
import { ask, failing, MODELS, OUTPUT } from './chain-fixture.ts';
import { silent } from './run-attempt-fixture.ts';

const [FIRST, SECOND, THIRD] = MODELS;
/** The model waits for nothing here, so time may run on to the next timer. */
beforeEach(() => {
  vi.useFakeTimers();
  vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => {
  vi.useRealTimers();
});

/** After these the same model is asked once more. */
const AGAIN: Code[] = [
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
  'model_paused',
];
/** These say nothing against the next model, but the same will not be better at once. */
const ONWARD: Code[] = ['model_timeout', 'overloaded'];
const CURED: Code[] = [...AGAIN, ...ONWARD, 'context_exceeded', 'invalid_output'];

describe('a chain of models', () => {
  it('is answered by its first model, and that is not degraded', async () => {
    const { output, meta, asked, heard, begun } = ask([ANSWER]);
    expect(await output).toEqual(OUTPUT);
    expect(heard.join('')).toBe(ANSWER.pieces?.join(''));
    expect(asked()).toEqual([FIRST]);
    expect(begun).toEqual([[FIRST, null]]);
    expect(meta).toMatchObject({ model: FIRST, degraded: false });
  });

  it.each(AGAIN)('asks the same model once more after %s', async (code) => {
    const { output, meta, asked } = ask([failing(code), ANSWER]);
    expect(await output).toEqual(OUTPUT);
    expect(asked()).toEqual([FIRST, FIRST]);
    expect(meta).toMatchObject({ model: FIRST, degraded: false });
  });

  it.each(AGAIN)('goes on to the next after %s twice, and says it is degraded', async (code) => {
    const { output, meta, asked } = ask([failing(code), failing(code), ANSWER]);
    expect(await output).toEqual(OUTPUT);
    expect(asked()).toEqual([FIRST, FIRST, SECOND]);
    expect(meta).toMatchObject({ model: SECOND, degraded: true });
  });

  it.each(ONWARD)('goes on to the next after %s at once', async (code) => {
    const { output, meta, asked } = ask([failing(code), failing(code), ANSWER]);
    expect(await output).toEqual(OUTPUT);
    expect(asked()).toEqual(MODELS);
    expect(meta).toMatchObject({ model: THIRD, degraded: true });
  });

  it('does not ask a model again that asked for no repetition', async () => {
    const final = problem('model_unavailable', { detail: 'Never again.', sameModelMayHelp: false });
    const { output, asked } = ask([{ error: final }, ANSWER]);
    await output;
    expect(asked()).toEqual([FIRST, SECOND]);
  });

  it('records every attempt in order, also those that failed, and why each was made', async () => {
    const { output, meta } = ask([failing('model_unavailable'), failing('model_timeout'), ANSWER]);
    await output;
    expect(meta.attempts).toMatchObject([
      { model: FIRST, outcome: 'failed', errorCode: 'model_unavailable' },
      { model: FIRST, outcome: 'timeout', errorCode: 'model_timeout' },
      { model: SECOND, outcome: 'ok', errorCode: null },
    ]);
    expect(meta.attempts.map(({ reason }) => reason)).toEqual([
      'The first of the chain.',
      expect.stringMatching(/^The same again after model_unavailable, \d+ ms later\.$/),
      `The next of the chain, after model_timeout of ${FIRST}.`,
    ]);
  });

  it.each(
    (Object.keys(CODES) as Code[]).filter((code) => !CURED.includes(code) && !isUnpaid(code)),
  )('stops at %s: the next model would not cure it', async (code) => {
    const { output, meta, asked } = ask([failing(code), ANSWER]);
    await expect(output).rejects.toMatchObject({ code });
    expect(asked()).toHaveLength(1);
    expect(meta.attempts).toHaveLength(1);
    expect(meta).toMatchObject({ model: null, degraded: false });
  });

  it('goes on after text was sent too, and says that it begins anew', async () => {
    const broken = { pieces: ['{"answer":"With'], cut: true };
    const { output, begun, heard } = ask([broken, broken, ANSWER]);
    expect(await output).toEqual(OUTPUT);
    expect(begun).toEqual([
      [FIRST, null],
      [FIRST, 'model_stream_broken'],
      [SECOND, 'model_stream_broken'],
    ]);
    expect(heard).toEqual([...broken.pieces, ...broken.pieces, ...(ANSWER.pieces ?? [])]);
  });

  it('ends with the failure of its last model', async () => {
    const { output, meta } = ask(
      [failing('model_timeout'), failing('model_rate_limited', 70_000), ANSWER],
      { plan: { models: [FIRST, SECOND] } },
    );
    await expect(output).rejects.toMatchObject({ code: 'model_rate_limited' });
    expect(meta.attempts).toHaveLength(2);
  });

  it('makes no more attempts than a call may', async () => {
    const { output, asked } = ask([failing('model_unavailable')], { parts: { mostAttempts: 3 } });
    await expect(output).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(asked()).toEqual([FIRST, FIRST, SECOND]);
  });

  it.each([0, 1, 2])('asks nobody when model %i of it has no price', async (place) => {
    const models = MODELS.map((model, i) => (i === place ? 'claude-unheard-of' : model));
    const { output, meta, asked } = ask([ANSWER], { plan: { models } });
    await expect(output).rejects.toMatchObject({ code: 'unknown_model' });
    expect(asked()).toEqual([]);
    expect(meta.attempts).toEqual([]);
  });

  it('without models is an error, not an endless wait', async () => {
    const { output, asked } = ask([ANSWER], { plan: { models: [] } });
    await expect(output).rejects.toMatchObject({ code: 'unknown_model' });
    expect(asked()).toEqual([]);
  });
});

describe('time', () => {
  it('is left to a model before it is asked again', async () => {
    const before = Date.now();
    const { output } = ask([failing('model_unavailable'), ANSWER]);
    await output;
    // The price of Opus, the first failure, no jitter: 150 ms times 1 + log2(21).
    expect(Date.now() - before).toBe(Math.round(150 * (1 + Math.log2(21))));
  });

  it('that a provider asks for is waited for when there is no other model', async () => {
    const before = Date.now();
    const { output } = ask([failing('model_rate_limited', 20_000), ANSWER], {
      plan: { models: [SECOND] },
    });
    expect(await output).toEqual(OUTPUT);
    expect(Date.now() - before).toBe(20_000);
  });

  it('that a provider asks for is given to the next model when there is one', async () => {
    const before = Date.now();
    const { output, meta } = ask([failing('model_rate_limited', 20_000), ANSWER]);
    await output;
    expect(Date.now() - before).toBe(0);
    expect(meta.model).toBe(SECOND);
  });

  it('that is up is no time for another attempt', async () => {
    const { output, asked } = ask([failing('model_timeout'), ANSWER], {
      asked: { endBy: Date.now() + 99 },
    });
    await expect(output).rejects.toMatchObject({ code: 'model_timeout' });
    expect(asked()).toHaveLength(1);
  });

  it('of a call ends an attempt as deadline_exceeded, and with it the chain', async () => {
    const { output, asked } = ask([{ pieces: ['{"a', '":'], pauseMs: 40_000 }], {
      asked: { endBy: Date.now() + 1_000, timeLimits: everyMs(50_000) },
    });
    await expect(output).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(asked()).toHaveLength(1);
  });
});

const everyMs = (ms: number) => ({ connectMs: ms, firstTokenMs: ms, idleMs: ms, totalMs: ms });

describe('a caller who leaves', () => {
  const gone = problem('cancelled', { detail: 'Gone.' });

  it('before anything was sent is billed nothing', async () => {
    const signal = AbortSignal.abort(gone);
    const { output, meta, asked, begun } = ask([ANSWER], { asked: { signal } });
    await expect(output).rejects.toBe(gone);
    expect([asked(), begun]).toEqual([[], []]);
    expect(meta.attempts).toEqual([]);
  });

  it('while nobody is asked ends the wait', async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(gone);
    }, 100);
    const before = Date.now();
    const { output, asked } = ask([failing('model_unavailable'), ANSWER], {
      asked: { signal: controller.signal },
    });
    await expect(output).rejects.toBe(gone);
    expect(Date.now() - before).toBe(100);
    expect(asked()).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a reply of the wrong shape', () => {
  const wrong = { pieces: ['{"answer":7}'] };

  it('goes back to its model with what is wrong, and the mended one is the answer', async () => {
    const { output, meta, provider, begun } = ask([wrong, ANSWER]);
    expect(await output).toEqual(OUTPUT);
    const complaint = expect.stringContaining('"/answer" must be string') as string;
    expect(provider.requests.map(({ model, repair }) => ({ model, repair }))).toEqual([
      { model: FIRST, repair: null },
      { model: FIRST, repair: { reply: '{"answer":7}', complaint } },
    ]);
    expect(meta.attempts).toMatchObject([
      { outcome: 'invalid', errorCode: 'invalid_output' },
      { outcome: 'ok', errorCode: null, reason: expect.stringContaining('mend') as string },
    ]);
    expect(begun).toEqual([
      [FIRST, null],
      [FIRST, 'invalid_output'],
    ]);
    // The reply and the complaint are read again.
    const [first, second] = meta.attempts.map(({ estimate }) => estimate?.input ?? 0);
    expect(second).toBeGreaterThan(100 + (first ?? 0));
  });

  it('is expected to be read again, should nobody count it', async () => {
    const long = { pieces: [`{"answer":7,"why":"${'so '.repeat(1_000)}"}`] };
    const models = [fakeProvider(long), silent];
    const { output, meta } = ask([ANSWER], {
      parts: { providerOf: () => models.shift() ?? silent },
      plan: { models: [FIRST], allowanceNanoUsd: 100_000_000 },
    });
    await expect(output).rejects.toMatchObject({ code: 'model_timeout' });
    const [, mended] = meta.attempts;
    expect(mended?.usage.source).toBe('estimated');
    expect(mended?.usage.input).toBeGreaterThan(100 + 1_000);
  });

  it('is the end the second time, whatever other models there are', async () => {
    const { output, meta } = ask([wrong, wrong, ANSWER]);
    await expect(output).rejects.toMatchObject({ code: 'invalid_output' });
    expect(meta.attempts).toMatchObject([{ outcome: 'invalid' }, { outcome: 'invalid' }]);
    expect(meta.attempts[0]?.costNanoUsd).toBeGreaterThan(0);
  });

  it('is not given back when that could cost more than is left', async () => {
    const { output, asked } = ask([wrong, ANSWER], {
      // Opus: the first attempt costs 800,000.
      plan: { allowanceNanoUsd: 1_800_000 },
    });
    await expect(output).rejects.toMatchObject({ code: 'invalid_output' });
    expect(asked()).toHaveLength(1);
  });
});

describe('a prompt that is too long', () => {
  const small = 'claude-haiku-4-5';

  it('is not sent to a model that cannot hold it', async () => {
    const { output, meta, asked } = ask([ANSWER], {
      plan: {
        models: [small, SECOND],
        estimate: (model = '') => fakeEstimate(model, { inputTokens: 300_000 }),
      },
    });
    await output;
    expect(asked()).toEqual([SECOND]);
    expect(meta.attempts[0]?.reason).toBe(
      `The best left of the chain. ${small} was passed over: the prompt is too long for it.`,
    );
    expect(meta.degraded).toBe(true);
  });

  it('for every model is context_exceeded, and nothing is spent', async () => {
    const { output, meta, asked } = ask([ANSWER], {
      plan: { estimate: (model = '') => fakeEstimate(model, { inputTokens: 1_000_001 }) },
    });
    await expect(output).rejects.toMatchObject({ code: 'context_exceeded' });
    expect(asked()).toEqual([]);
    expect(meta.attempts).toEqual([]);
  });

  it('that the provider finds too long goes to a model that holds more', async () => {
    const { output, asked } = ask([failing('context_exceeded'), ANSWER], {
      plan: { models: [small, 'claude-opus-4-5', THIRD] },
    });
    await output;
    expect(asked()).toEqual([small, THIRD]);
  });
});
