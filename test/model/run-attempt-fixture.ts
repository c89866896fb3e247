import type { Provider } from '../../src/model/provider.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import {
  runAttempt,
  type AttemptRequest,
  type Caller,
  type ModelParts,
} from '../../src/model/run-attempt.ts';
import { fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';
import { fakeEstimate, modelParts } from '../support/model-parts.ts';

export const MODEL = 'claude-sonnet-5-5';

/** A model that is connected to and never says a word. */
export const silent: Provider = {
  name: 'silent',
  stream(_request, { onSent }) {
    onSent();
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
  },
};

/** Everything real around these answers, one after the other; the last repeats. */
export const partsOf = (
  answers: [FakeAnswer, ...FakeAnswer[]] | Provider,
  over: Partial<ModelParts> = {},
): ModelParts => modelParts('stream' in answers ? answers : fakeProvider(...answers), over);

/** One attempt at the model. */
export function tryOnce(
  parts: ModelParts,
  {
    caller = {},
    estimate = fakeEstimate(MODEL),
  }: { caller?: Partial<Caller> } & Partial<AttemptRequest> = {},
) {
  return runAttempt(
    parts,
    {
      principal: 'local',
      purpose: 'answer',
      hold: null,
      timeLimits: TIME_LIMITS,
      endBy: Date.now() + 60_000,
      signal: new AbortController().signal,
      onText: () => undefined,
      onQueue: () => undefined,
      ...caller,
    },
    {
      request: {
        model: MODEL,
        system: 'S',
        user: 'U',
        maxOutputTokens: 99,
        replySchema: {},
        cacheSystem: estimate.cacheSystem,
        repair: null,
      },
      reason: 'The first of the chain.',
      estimate,
    },
  );
}

export const statusOf = (parts: ModelParts) => parts.breakers.of(MODEL).status();
export const queueOf = (parts: ModelParts) => parts.queues.of(MODEL).status();
