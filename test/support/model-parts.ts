import type { Estimate, Plan } from '../../src/core/call/plan.ts';
import { buildBreakers } from '../../src/model/breaker/breakers.ts';
import { BREAKER_DEFAULTS } from '../../src/model/breaker/settings.ts';
import { CATALOG } from '../../src/model/catalog.ts';
import { buildEstimator } from '../../src/model/estimate/estimator.ts';
import { buildPriceList } from '../../src/model/prices.ts';
import { buildPromptCache } from '../../src/model/prompt-cache.ts';
import type { Provider } from '../../src/model/provider.ts';
import { buildQueues } from '../../src/model/queue/queues.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue/settings.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import type { ModelParts } from '../../src/model/run-attempt.ts';

/** The model's side of a process around one provider, everything real; without jitter. */
export function modelParts(provider: Provider, over: Partial<ModelParts> = {}): ModelParts {
  const now = over.now ?? Date.now;
  const prices = buildPriceList(CATALOG);
  const random = (): number => 0;
  return {
    providerOf: () => provider,
    prices,
    estimator: buildEstimator({ tokenFactor: (model) => prices.facts(model).tokenFactor }),
    breakers: buildBreakers(BREAKER_DEFAULTS, { now, random }),
    queues: buildQueues(QUEUE_DEFAULTS, { now }),
    promptCache: buildPromptCache(now),
    mostAttempts: 5,
    now,
    random,
    ...over,
  };
}

/** An estimate of a short prompt, as sure as it is high but for what is said. */
export const fakeEstimate = (model: string, over: Partial<Estimate> = {}): Estimate => ({
  inputTokens: 100,
  highInputTokens: 120,
  mostInputTokens: over.highInputTokens ?? 120,
  outputTokens: 20,
  maxOutputTokens: 99,
  expectedNanoUsd: 400_000,
  highNanoUsd: over.worstNanoUsd ?? 1_000_000,
  highPromptNanoUsd: over.worstPromptNanoUsd ?? 240_000,
  worstNanoUsd: 1_000_000,
  worstPromptNanoUsd: 240_000,
  prefix: { model, text: 'S', tokens: 1, minimumTokens: 1024 },
  cacheSystem: null,
  raw: { input: 100, content: 'prose' },
  sent: { fixed: 'f', fixedBytes: 60, ownBytes: 60 },
  ...over,
});

/** A plan as the planner makes them, for chains and layers that are tested alone. */
export const fakePlan = (over: Partial<Plan> = {}): Plan => ({
  prompt: { id: 'p', version: 'v7', hash: 'h', system: 'S', user: 'U' },
  chain: 'balanced',
  models: ['claude-sonnet-5-5'],
  reason: 'Because.',
  maxOutputTokens: 99,
  replySchema: { type: 'object' },
  timeLimits: TIME_LIMITS,
  allowanceNanoUsd: 10_000_000,
  estimate: (model = 'claude-sonnet-5-5') => fakeEstimate(model),
  narrow: (to) => fakePlan({ ...over, ...to }),
  ...over,
});
