import { problem } from '../../src/errors/problem.ts';
import { sendAttempt, type AttemptInput } from '../../src/model/send-attempt.ts';
import type { ModelEvent, ModelRequest, Provider } from '../../src/model/provider.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import { fakeAttempt } from '../support/calls.ts';
import { fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';
import { fakeEstimate, modelParts } from '../support/model-parts.ts';

export const MODEL = 'claude-sonnet-5-5';
const REQUEST: ModelRequest = {
  model: MODEL,
  system: 'You answer questions.',
  user: 'How long is the way to the sea?',
  maxOutputTokens: 100,
  replySchema: { type: 'object' },
  cacheSystem: null,
  repair: null,
};
/** The refusal of a model that has too much to do. */
export const down = problem('model_unavailable', {
  detail: 'down',
  upstream: { provider: 'fake', model: MODEL, status: 529, type: null, request_id: 'req_down' },
});
const NEED = { promptTokens: 120, outputTokens: 100, nanoUsd: 1_000_000 };
export const START = Date.parse('2026-11-23T00:00:00Z');
export const TICK_MS = 10;

function ticking(): () => number {
  let clock = START;
  return () => (clock += TICK_MS);
}

/** One attempt on a model that answers like this, on a clock that ticks once at each look. */
export function ask(
  answer: FakeAnswer | Provider,
  { now = ticking(), ...over }: Partial<AttemptInput> & { now?: () => number } = {},
) {
  const provider = 'stream' in answer ? answer : fakeProvider(answer);
  const parts = modelParts(provider, { now });
  return sendAttempt(
    { ...parts, provider },
    {
      request: REQUEST,
      estimate: fakeEstimate(MODEL),
      hold: null,
      purpose: 'answer',
      purchase: { model: MODEL, need: NEED, likely: NEED, lost: fakeAttempt({ outcome: 'lost' }) },
      prompt: { input: 100, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0 },
      reason: 'The first of the chain.',
      limits: TIME_LIMITS,
      endBy: START + 60_000,
      signal: new AbortController().signal,
      observer: { began: () => undefined, firstToken: () => undefined, silent: () => undefined },
      onText: () => undefined,
      ...over,
    },
  );
}

/** A model that says these events, once it was asked; `sent` false: it never reaches the model. */
export const saying = (events: readonly ModelEvent[], sent = true): Provider => ({
  name: 'fake',
  cachesPrompts: true,
  async *stream(_request, { onSent }) {
    await Promise.resolve();
    if (sent) onSent();
    yield* events;
  },
});

/** A model that never says a word and does not listen when it is told to stop. */
export const deaf = (sent: boolean): Provider => ({
  name: 'deaf',
  cachesPrompts: true,
  stream(_request, { onSent }) {
    if (sent) onSent();
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
  },
});
