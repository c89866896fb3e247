import { z } from 'zod';

/** Directives of Cache-Control (RFC 9111) that a request may make, and one of our own. */
const CACHE_DIRECTIVES =
  /^\s*(no-cache|no-store|only-if-cached|exact-only|max-age=\d{1,9})(\s*,\s*(no-cache|no-store|only-if-cached|exact-only|max-age=\d{1,9}))*\s*$/;

/** Wishes of a caller for any LLM tool. They sit in the input because agents can set nothing else. */
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
    cache: z
      .string()
      .regex(CACHE_DIRECTIVES)
      .optional()
      .describe(
        'About kept answers, as in Cache-Control: no-cache (ask the model, keep the new answer), no-store (keep nothing of this call), only-if-cached (never ask the model), max-age=<seconds>, exact-only (no other wording); several with commas',
      ),
    cache_tags: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/))
      .max(8)
      .optional()
      .describe('Names under which the kept answer can be purged'),
  })
  .describe('Optional wishes about model, length and kept answers');

export type CallOptions = z.infer<typeof CallOptions>;
