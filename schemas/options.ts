import { z } from 'zod';

/** What a caller may wish for on any LLM tool. It sits in the input because agents can set nothing else. */
export const CallOptions = z
  .strictObject({
    quality: z
      .enum(['fast', 'balanced', 'best'])
      .optional()
      .describe('fast = cheapest model, best = strongest; leave out for the tool default'),
    max_output_tokens: z
      .number()
      .int()
      .min(16)
      .max(128_000)
      .optional()
      .describe('Upper bound on what the model may write, thinking included'),
  })
  .describe('Optional wishes about model and length');

export type CallOptions = z.infer<typeof CallOptions>;
