import { z } from 'zod';

const bucket = z
  .object({
    limit: z.number().describe('Size, per minute'),
    remaining: z.number().describe('Left now, what is reserved taken off'),
    full_at: z.string().describe('When it is full again, ISO 8601'),
  })
  .nullable()
  .describe('Null: the provider does not tell');

/** A model as this process sees it. */
export const ModelStatus = z.object({
  model: z.string().describe('Name of the model'),
  provider: z.string().describe('Who serves it'),
  chains: z.array(z.string()).describe('Chains it is part of'),
  price: z
    .object({
      input: z.number(),
      output: z.number(),
      cache_write_5m: z.number(),
      cache_write_1h: z.number(),
      cache_read: z.number(),
    })
    .describe('List price now, US dollars per million tokens'),
  context_tokens: z.number().int().describe('Tokens it can hold, prompt and answer together'),
  max_output_tokens: z.number().int().describe('Most tokens it can write'),
  breaker: z
    .object({
      state: z.enum(['closed', 'open', 'half_open']).describe('open: it is not asked'),
      since: z.string().describe('Since when, ISO 8601'),
      reason: z.string().nullable().describe('Why it opened'),
      retry_at: z.string().nullable().describe('When the next probe may go, ISO 8601'),
      recent: z
        .object({ ok: z.number().int(), failed: z.number().int(), slow: z.number().int() })
        .describe('The last attempts'),
    })
    .describe('Whether the model is asked at the moment'),
  usual: z
    .object({
      first_token_ms: z.number().nullable().describe('Until its first token'),
      tokens_per_second: z.number().nullable().describe('While it writes'),
    })
    .describe('What is usual for it here; null until known'),
  queue: z
    .object({
      running: z.number().int().describe('Attempts under way'),
      waiting: z.number().int().describe('Calls that wait for their turn'),
      paused_until: z.string().nullable().describe('After a 429, ISO 8601'),
      limits: z
        .object({ requests: bucket, input_tokens: bucket, output_tokens: bucket })
        .nullable()
        .describe("The provider's limits; null while nothing was told"),
    })
    .describe('The queue in front of it'),
});

export const ListModelsResult = z.object({
  models: z.array(ModelStatus).describe('Every model of a chain'),
});

export type ModelStatus = z.infer<typeof ModelStatus>;
