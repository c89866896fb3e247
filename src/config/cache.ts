import { z } from 'zod';

const ms = z.number().int().min(1).max(600_000);

/** Server that embeds texts, when the embedder is `http`. */
export const Embedding = z.strictObject({
  url: z.url(),
  model: z.string().min(1),
  shape: z.enum(['openai', 'voyage', 'ollama']).default('openai'),
  api_key: z.string().min(1).optional(),
  dimensions: z.number().int().min(1).max(8192).optional(),
  usd_per_million_tokens: z.number().min(0),
  batch: z.number().int().min(1).max(1000).optional(),
});

/** The cache of answers, for all tools. */
const CacheParts = z.strictObject({
  max_false_hits: z.number().gt(0).max(0.5).default(0.02),
  threshold: z.number().min(0.8).max(1).nullable().default(null),
  search_ms: ms.default(25),
  embed_ms: ms.default(250),
  check_share: z.number().min(0).max(1).default(0.05),
  judge_candidates: z.number().int().min(1).max(20).default(12),
  judge_worth: z.number().min(1).max(100).default(3),
  judge_ms: ms.default(5_000),
  memory_bytes: z
    .number()
    .int()
    .min(0)
    .default(32 * 1024 * 1024),
  scope_entries: z.number().int().min(1).max(1_000_000).default(20_000),
  scope_bytes: z
    .number()
    .int()
    .min(1024)
    .default(256 * 1024 * 1024),
  stale_hours: z
    .number()
    .min(0)
    .max(24 * 365)
    .default(24 * 7),
});

/** `off`: no tool's answers are kept. */
export const Cache = z
  .preprocess(
    (given) => (given === 'on' ? {} : given),
    z.union([z.literal('off'), CacheParts], { error: 'must be on, off, or its parts' }),
  )
  .prefault({});

/** Settings of the cache, whether it is on or not. */
export const cacheParts = (cache: z.infer<typeof Cache>): z.infer<typeof CacheParts> =>
  cache === 'off' ? CacheParts.parse({}) : cache;

/** Settings this deployment changes in the cache of one tool. */
export const ToolCache = z.strictObject({
  off: z.boolean().optional(),
  visibility: z.enum(['shared', 'team', 'user']).optional(),
  ttl_hours: z.number().gt(0).optional(),
  similar_ttl_hours: z.number().min(0).optional(),
  judge: z.enum(['off', 'async', 'inline']).optional(),
  tags: z.array(z.string().min(1)).optional(),
});
