import { z } from 'zod';
import { ToolCache } from './cache.ts';

/** Calls go down a chain and never back, so a second place in it would never be a second chance. */
export const chain = z
  .array(z.string().min(1))
  .min(1)
  .refine((models) => new Set(models).size === models.length, 'names a model twice');

/** Whole millionths of a dollar per million tokens: finer prices would not be counted exactly. */
const price = z.number().min(0).multipleOf(0.000_001);

const Prices = z.strictObject({
  input: price,
  output: price,
  cacheWrite5m: price,
  cacheWrite1h: price,
  cacheRead: price,
});

/** A model that the built-in price list does not know, in US dollars per million tokens. */
export const Model = z.strictObject({
  /** One of `providers`, or `anthropic`. */
  provider: z.string().min(1).default('anthropic'),
  tokenFactor: z.number().min(0.5).max(3).default(1.3),
  contextTokens: z.number().int().min(1).default(200_000),
  maxOutputTokens: z.number().int().min(1).default(64_000),
  cacheMinimumTokens: z.number().int().min(1).default(1024),
  prices: z.tuple([Prices.extend({ from: z.iso.date().default('2025-01-01') })]),
});

/** An endpoint that speaks OpenAI's chat completions: vLLM, llama.cpp, Ollama … */
export const Endpoint = z.strictObject({
  base_url: z.url(),
  api_key: z.string().min(1).optional(),
  /** Way to hold it to a schema: not every server knows every one. */
  structured: z.enum(['json_schema', 'json_object', 'prompt']).default('json_schema'),
});

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const ms = z.number().int().min(1).max(LONGEST_TIMER_MS);

/** Time limits of one attempt at a model. */
export const TimeLimits = z.strictObject({
  connect_ms: ms.optional(),
  first_token_ms: ms.optional(),
  idle_ms: ms.optional(),
  total_ms: ms.optional(),
});

/** Settings this deployment changes of one tool. */
export const ToolSettings = z.strictObject({
  deadline_ms: ms.optional(),
  time_limits: TimeLimits.optional(),
  cache: ToolCache.optional(),
});

/** When a model is left alone. */
export const Breaker = z.strictObject({
  consecutive: z.number().int().min(1).optional(),
  share: z.number().gt(0).max(1).optional(),
  minimum: z.number().int().min(1).optional(),
  slow_first_token_ms: ms.optional(),
  slow_tokens_per_second: z.number().min(0).optional(),
  open_ms: ms.optional(),
});
