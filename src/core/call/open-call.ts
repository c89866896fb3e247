import type { Call, CallRequest } from './call.ts';
import { labelsOf } from './labels.ts';

/** A call at its beginning: nothing is known of it yet but who asks for what. */
export const openCall = (
  request: CallRequest,
  own: Pick<Call, 'id'> & { startedAt: number; simulated: boolean },
): Call => ({
  ...request,
  id: own.id,
  cacheControl: request.cacheControl ?? null,
  promptWish: request.promptWish ?? null,
  labels: labelsOf(request.principal.labels, request.labels),
  claimedLabels: request.labels,
  meta: {
    prompt: null,
    model: null,
    route: null,
    servedBy: 'none',
    cache: null,
    replayOf: null,
    budget: null,
    settlement: null,
    degraded: false,
    similarity: null,
    savedNanoUsd: 0,
    attempts: [],
    partial: null,
    ttftMs: null,
    latencyMs: 0,
    startedAt: own.startedAt,
    finish: 'error',
    errorCode: null,
    simulated: own.simulated,
  },
});
