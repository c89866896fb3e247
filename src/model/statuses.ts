import type { ModelStatus } from '../../schemas/wire/model.ts';
import type { RateLimitBucket, RateLimits } from './provider.ts';
import type { Chains } from './route.ts';
import type { ModelParts } from './run-attempt.ts';

/** Every model of the chains that has a price, as this process sees it now; no other is ever asked. */
export function modelStatuses(parts: ModelParts, chains: Chains): ModelStatus[] {
  const models = [...new Set(Object.values(chains).flat())];
  return models
    .filter((model) => parts.prices.knows(model))
    .map((model) => statusOf(parts, chains, model));
}

function statusOf(parts: ModelParts, chains: Chains, model: string): ModelStatus {
  const facts = parts.prices.facts(model);
  const price = parts.prices.pricesAt(model, parts.now());
  const { state, since, reason, retryAtMs, recent, firstTokenMs, tokensPerSecond } = parts.breakers
    .of(model)
    .status();
  const { running, waiting, pausedUntil, limits } = parts.queues.of(model).status();
  return {
    model,
    provider: parts.providerOf(model).name,
    chains: Object.entries(chains).flatMap(([name, list]) => (list.includes(model) ? [name] : [])),
    price: {
      input: price.input,
      output: price.output,
      cache_write_5m: price.cacheWrite5m,
      cache_write_1h: price.cacheWrite1h,
      cache_read: price.cacheRead,
    },
    context_tokens: facts.contextTokens,
    max_output_tokens: facts.maxOutputTokens,
    breaker: { state, since: toIso(since), reason, retry_at: orNull(retryAtMs), recent },
    usual: { first_token_ms: firstTokenMs, tokens_per_second: tokensPerSecond },
    queue: {
      running,
      waiting,
      paused_until: orNull(pausedUntil),
      limits: typeof limits === 'string' ? null : toWireLimits(limits),
    },
  };
}

const toIso = (at: number): string => new Date(at).toISOString();

const orNull = (at: number | null): string | null => (at === null ? null : toIso(at));

const toWireLimits = ({ requests, inputTokens, outputTokens }: RateLimits) => ({
  requests: toWireBucket(requests),
  input_tokens: toWireBucket(inputTokens),
  output_tokens: toWireBucket(outputTokens),
});

const toWireBucket = (told: RateLimitBucket | undefined) =>
  told
    ? { limit: told.limit, remaining: Math.floor(told.remaining), full_at: toIso(told.fullAt) }
    : null;
