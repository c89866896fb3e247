import type { Usage, WireAttempt, WireCache, WireCallMeta } from '../../../schemas/wire/call.ts';
import type { CacheDecision } from './cache-lookup.ts';
import type { AttemptRecord, Call } from './call.ts';
import { totalCostNanoUsd, totalPromptCacheSavedNanoUsd, totalUsage } from './usage.ts';

/** Nano-dollars -> dollars, the only place where money stops being an integer. */
export const toUsd = (nanoUsd: number): number => nanoUsd / 1e9;

const copy = (usage: Usage): Usage => ({ ...usage });

export const toWireAttempt = (attempt: AttemptRecord): WireAttempt => ({
  model: attempt.model,
  purpose: attempt.purpose,
  outcome: attempt.outcome,
  error_code: attempt.errorCode,
  reason: attempt.reason,
  reached: attempt.reached,
  request_id: attempt.requestId,
  usage: copy(attempt.usage),
  cost_usd: toUsd(attempt.costNanoUsd),
  price_id: attempt.priceId,
  prompt_cache_saved_usd: toUsd(attempt.promptCacheSavedNanoUsd),
  answered_by: attempt.answeredBy,
  doubts: [...attempt.doubts],
  estimate: attempt.estimate && { ...attempt.estimate },
  ttft_ms: attempt.ttftMs,
  latency_ms: attempt.latencyMs,
});

export const toWireCache = ({ tier, entry, ageMs, stored, reason }: CacheDecision): WireCache => ({
  tier,
  entry,
  age_s: ageMs === null ? null : Math.round(ageMs / 1000),
  stored,
  reason,
});

/** The call meta as every front says it and the ledger keeps it. */
export const toWireCall = (call: Call): WireCallMeta => ({
  id: call.id,
  tool: call.toolName,
  principal: call.principal.id,
  labels: { ...call.labels },
  front: call.front,
  prompt: call.meta.prompt,
  model: call.meta.model,
  route: call.meta.route && { ...call.meta.route },
  served_by: call.meta.servedBy,
  replay_of: call.meta.replayOf,
  degraded: call.meta.degraded,
  similarity: call.meta.similarity,
  cache: call.meta.cache && toWireCache(call.meta.cache),
  usage: totalUsage(call.meta),
  cost_usd: toUsd(totalCostNanoUsd(call.meta)),
  saved_usd: toUsd(call.meta.savedNanoUsd),
  prompt_cache_saved_usd: toUsd(totalPromptCacheSavedNanoUsd(call.meta)),
  budget: call.meta.budget,
  ttft_ms: call.meta.ttftMs,
  latency_ms: call.meta.latencyMs,
  attempts: call.meta.attempts.map(toWireAttempt),
  finish: call.meta.finish,
  error_code: call.meta.errorCode,
  simulated: call.meta.simulated,
  started_at: new Date(call.meta.startedAt).toISOString(),
});
