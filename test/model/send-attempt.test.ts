import { describe, expect, it } from 'vitest';
import { problem } from '../../src/errors/problem.ts';
import type { AttemptInput } from '../../src/model/send-attempt.ts';
import { ANSWER } from '../support/fake-provider.ts';
import { ask, deaf, down, MODEL, saying } from './send-attempt-fixture.ts';

/** Aborts for this reason after the first piece of text. */
function leaving(reason: Error): Pick<AttemptInput, 'signal' | 'onText'> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onText: () => {
      controller.abort(reason);
    },
  };
}

describe('an attempt that the model answers to its end', () => {
  it('has the whole text, the provider’s counts and their price', async () => {
    const { text, problem: failure, record } = await ask(ANSWER);
    expect(text).toBe(ANSWER.pieces?.join(''));
    expect(failure).toBeNull();
    expect(record).toMatchObject({
      model: MODEL,
      outcome: 'ok',
      errorCode: null,
      requestId: 'req_fake',
      usage: { input: 100, output: 20, source: 'provider' },
      // 2 and 10 USD per million.
      costNanoUsd: 100 * 2_000 + 20 * 10_000,
      priceId: `${MODEL}@2026-10-07`,
    });
    expect(record.ttftMs).toBeGreaterThan(0);
    expect(record.latencyMs).toBeGreaterThan(record.ttftMs ?? 0);
  });

  it('takes the later of two counts that the provider gives', async () => {
    const { record } = await ask(
      saying([
        { type: 'start', counts: { input: 5, cache_write_1h: 7, output: 1 } },
        {
          type: 'end',
          stop: 'complete',
          counts: { input: 6, output: 9, thinking: 4 },
          why: null,
        },
      ]),
    );
    expect(record.usage).toMatchObject({ input: 6, output: 9, thinking: 4, cache_write_1h: 7 });
    expect(record.ttftMs).toBeNull();
  });

  it('says what reading from the prompt cache saved', async () => {
    const { record } = await ask({
      ...ANSWER,
      counts: { input: 10, cache_read: 1_000, cache_write_5m: 0 },
    });
    // 2 USD per million without the cache, 0.1 with it.
    expect(record.promptCacheSavedNanoUsd).toBe(1_000 * (2_000 - 100));
  });

  it('keeps why it was made and what we had counted ourselves', async () => {
    const { record } = await ask(ANSWER, { reason: 'Because.' });
    expect(record).toMatchObject({
      reason: 'Because.',
      estimate: { input: 100, content: 'prose' },
    });
    expect(record.estimate?.output).toBeGreaterThan(5);
  });

  it('waits for a slow reader before it takes more', async () => {
    const order: string[] = [];
    await ask(ANSWER, {
      onText: async (piece) => {
        order.push(`got ${piece.slice(0, 3)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push('done');
      },
    });
    expect(order).toHaveLength(6);
    expect(order.filter((_, i) => i % 2 === 1)).toEqual(['done', 'done', 'done']);
  });

  it.each([
    ['truncated', 'output_truncated'],
    ['refused', 'model_refused'],
  ] as const)('but was %s is a problem, billed as the provider counted', async (stop, code) => {
    const { record, problem: failure } = await ask({ ...ANSWER, stop });
    expect(failure?.code).toBe(code);
    expect(record).toMatchObject({ outcome: stop, errorCode: code, usage: { source: 'provider' } });
    expect(record.costNanoUsd).toBeGreaterThan(0);
  });
});

describe('an attempt that breaks', () => {
  it('without its last event is a broken stream, however complete the text looks', async () => {
    const { record, problem: failure, text } = await ask({ ...ANSWER, cut: true });
    expect(failure).toMatchObject({
      code: 'model_stream_broken',
      details: { upstream: { model: MODEL, request_id: 'req_fake' } },
    });
    expect(text).toBe(ANSWER.pieces?.join(''));
    expect(record).toMatchObject({ outcome: 'failed', usage: { input: 100, source: 'estimated' } });
    expect(record.usage.output).toBeGreaterThan(5);
    expect(record.costNanoUsd).toBe(100 * 2_000 + record.usage.output * 10_000);
  });

  it('before it started is free, and keeps the request id of the refusal', async () => {
    const { record, problem: failure } = await ask({ error: down });
    expect(failure).toBe(down);
    expect(record).toMatchObject({
      outcome: 'failed',
      errorCode: 'model_unavailable',
      requestId: 'req_down',
      usage: { input: 0, output: 0, source: 'none' },
      costNanoUsd: 0,
      ttftMs: null,
    });
  });

  it('in the middle is billed by what arrived', async () => {
    const { record } = await ask({ ...ANSWER, error: down });
    expect(record).toMatchObject({
      errorCode: 'model_unavailable',
      usage: { source: 'estimated' },
    });
    expect(record.usage.output).toBeGreaterThan(0);
  });

  it('by an exception that is no problem is a broken stream, and still has a record', async () => {
    const { record, problem: failure } = await ask({ error: new TypeError('oops') });
    expect(failure?.code).toBe('model_stream_broken');
    expect(record).toMatchObject({ outcome: 'failed', costNanoUsd: 0 });
  });
});

describe('an attempt that we drop', () => {
  it.each([
    ['cancelled', 'cancelled'],
    ['deadline_exceeded', 'deadline'],
  ] as const)(
    'for %s ends with that very reason, billed by best evidence',
    async (code, outcome) => {
      const reason = problem(code, { detail: 'Enough.' });
      const { record, problem: failure, text } = await ask(ANSWER, leaving(reason));
      expect(failure).toBe(reason);
      expect(text).toBe(ANSWER.pieces?.[0]);
      expect(record).toMatchObject({
        outcome,
        errorCode: code,
        usage: { input: 100, source: 'estimated' },
      });
    },
  );

  it('for a reason of somebody else counts as cancelled', async () => {
    const { problem: failure } = await ask(ANSWER, leaving(new Error('why ever')));
    expect(failure?.code).toBe('cancelled');
  });

  it('does not wait for a reader who reads no more', async () => {
    const controller = new AbortController();
    const asked = ask(ANSWER, {
      signal: controller.signal,
      onText: () => {
        setTimeout(() => {
          controller.abort(problem('cancelled', { detail: 'Gone.' }));
        }, 5);
        return new Promise(() => undefined);
      },
    });
    expect((await asked).record).toMatchObject({ outcome: 'cancelled', usage: { input: 100 } });
  });

  it('while it waits for the first word has cost at least its prompt', async () => {
    const controller = new AbortController();
    const asked = ask(deaf(true), { signal: controller.signal });
    controller.abort(problem('cancelled', { detail: 'Gone.' }));
    const { record } = await asked;
    expect(record.usage).toMatchObject({ input: 100, output: 0, source: 'estimated' });
    expect(record.costNanoUsd).toBe(100 * 2_000);
  });

  it('is not held by a provider that does not listen', async () => {
    const controller = new AbortController();
    const reason = problem('cancelled', { detail: 'Gone.' });
    const asked = ask(deaf(true), { signal: controller.signal });
    controller.abort(reason);
    expect((await asked).problem).toBe(reason);
  });

  it('before it was made asks nobody', async () => {
    const reason = problem('cancelled', { detail: 'Gone.' });
    const { record, problem: failure } = await ask(deaf(false), {
      signal: AbortSignal.abort(reason),
    });
    expect(failure).toBe(reason);
    expect(record).toMatchObject({ reached: 'not_sent', costNanoUsd: 0, estimate: null });
  });

  it('after its last event is not dropped at all', async () => {
    const controller = new AbortController();
    const { record } = await ask(
      { ...ANSWER, pieces: ['{}'] },
      { signal: controller.signal, onText: () => undefined },
    );
    controller.abort();
    expect(record.outcome).toBe('ok');
  });
});
