import type { AttemptRecord, Call, CallMeta } from '../../src/core/call/call.ts';
import { openCall } from '../../src/core/call/open-call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';

/** A call as a front opens it, for layers and stores that are tested alone. */
export function fakeCall(over: Partial<Call> = {}, meta: Partial<CallMeta> = {}): Call {
  const call = openCall(
    {
      toolName: 'answer_question',
      input: {},
      principal: LOCAL,
      idempotencyKey: null,
      labels: { feature: null, user: null, team: null },
      front: 'rest',
      signal: new AbortController().signal,
      emit: () => undefined,
    },
    { id: 'call_1', startedAt: 0, simulated: false },
  );
  return { ...call, ...over, meta: { ...call.meta, ...meta } };
}

/** An attempt that went well and was free, but for what is said. */
export const fakeAttempt = (over: Partial<AttemptRecord> = {}): AttemptRecord => ({
  model: 'claude-sonnet-5-5',
  purpose: 'answer',
  outcome: 'ok',
  errorCode: null,
  reason: 'The first of the chain.',
  reached: 'answered',
  requestId: null,
  usage: NO_USAGE,
  costNanoUsd: 0,
  priceId: null,
  promptCacheSavedNanoUsd: 0,
  answeredBy: null,
  doubts: [],
  estimate: null,
  ttftMs: null,
  latencyMs: 1,
  ...over,
});
