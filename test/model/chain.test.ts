import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/call/call.ts';
import { openCall } from '../../src/call/open-call.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { CATALOG } from '../../src/model/catalog.ts';
import { askChain } from '../../src/model/chain.ts';
import { buildPriceList } from '../../src/model/prices.ts';
import { ANSWER, fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';

const MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'];
const WHOLE = ANSWER.pieces?.join('');
const failing = (code: Code): FakeAnswer => ({ error: problem(code, { detail: code }) });

const metaOf = (): Call['meta'] =>
  openCall({} as never, { id: 'call_1', principal: 'local', startedAt: 0, simulated: false }).meta;

/** Ask a chain whose models answer like this, one after the other. */
function ask(
  answers: [FakeAnswer, ...FakeAnswer[]],
  { models = MODELS, signal = new AbortController().signal } = {},
) {
  const provider = fakeProvider(...answers);
  const meta = metaOf();
  const heard: string[] = [];
  const text = askChain(
    { provider, prices: buildPriceList(CATALOG), now: Date.now },
    {
      request: { system: 's', user: 'u', maxOutputTokens: 10, replySchema: {} },
      models,
      signal,
      meta,
      onText: (piece) => void heard.push(piece),
    },
  );
  const asked = () => provider.requests.map(({ model }) => model);
  return { text, meta, heard, asked };
}

/** Failures that say nothing against the next model. */
const PASSING: Code[] = ['model_unavailable', 'model_rate_limited', 'model_stream_broken'];

describe('a chain of models', () => {
  it('is answered by its first model, and that is not degraded', async () => {
    const { text, meta, asked, heard } = ask([ANSWER]);
    expect(await text).toBe(WHOLE);
    expect(heard.join('')).toBe(WHOLE);
    expect(asked()).toEqual(MODELS.slice(0, 1));
    expect(meta).toMatchObject({ model: MODELS[0], degraded: false });
  });

  it.each(PASSING)('goes on to the next model after %s, and says it is degraded', async (code) => {
    const { text, meta, asked } = ask([failing(code), failing(code), ANSWER]);
    expect(await text).toBe(WHOLE);
    expect(asked()).toEqual(MODELS);
    expect(meta).toMatchObject({ model: MODELS[2], degraded: true });
  });

  it('records every attempt, also those that failed', async () => {
    const { text, meta } = ask([failing('model_unavailable'), ANSWER]);
    await text;
    expect(
      meta.attempts.map(({ model, outcome, errorCode }) => [model, outcome, errorCode]),
    ).toEqual([
      [MODELS[0], 'failed', 'model_unavailable'],
      [MODELS[1], 'ok', null],
    ]);
  });

  it.each((Object.keys(CODES) as Code[]).filter((code) => !PASSING.includes(code)))(
    'stops at %s: the next model would not cure it',
    async (code) => {
      const { text, meta, asked } = ask([failing(code), ANSWER]);
      await expect(text).rejects.toMatchObject({ code });
      expect(asked()).toHaveLength(1);
      expect(meta.attempts).toHaveLength(1);
      expect(meta).toMatchObject({ model: null, degraded: false });
    },
  );

  it('does not go on once the caller has seen text', async () => {
    const { text, asked, heard } = ask([{ pieces: ['{"answer":"With'], cut: true }, ANSWER]);
    await expect(text).rejects.toMatchObject({ code: 'model_stream_broken' });
    expect(asked()).toHaveLength(1);
    expect(heard).toEqual(['{"answer":"With']);
  });

  it('goes on after a stream that broke before its first text', async () => {
    const { text } = ask([{ cut: true }, ANSWER]);
    expect(await text).toBe(WHOLE);
  });

  it('ends with the failure of its last model', async () => {
    const { text, meta } = ask([failing('model_unavailable'), failing('model_rate_limited')], {
      models: MODELS.slice(0, 2),
    });
    await expect(text).rejects.toMatchObject({ code: 'model_rate_limited' });
    expect(meta.attempts).toHaveLength(2);
  });

  it.each([0, 1, 2])('asks nobody when model %i of it has no price', async (place) => {
    const models = MODELS.map((model, i) => (i === place ? 'claude-unheard-of' : model));
    const { text, meta, asked } = ask([ANSWER], { models });
    await expect(text).rejects.toMatchObject({ code: 'unknown_model' });
    expect(asked()).toEqual([]);
    expect(meta.attempts).toEqual([]);
  });

  it('asks nobody for a caller who has left already, so nothing is billed', async () => {
    const signal = AbortSignal.abort(problem('cancelled', { detail: 'Gone.' }));
    const { text, meta, asked } = ask([ANSWER], { signal });
    await expect(text).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked()).toEqual([]);
    expect(meta.attempts).toEqual([]);
  });

  it('without models is a bug, not an endless wait', async () => {
    await expect(ask([ANSWER], { models: [] }).text).rejects.toThrow('empty');
  });
});
