import { z } from 'zod';

/** One thing the caller can do next. Agents read `action`; people read `why`. */
export const NextAction = z.object({
  action: z.string().describe('What to do, as a stable snake_case verb, for example fix_input'),
  why: z.string().describe('One sentence: what this achieves here'),
  href: z.string().optional().describe('Where to do it, if it is an address'),
  params: z.record(z.string(), z.unknown()).optional().describe('Values to use, if any'),
});

const FieldError = z.object({
  pointer: z.string().describe('JSON pointer (RFC 6901) into the input'),
  code: z.string().describe('Kind of mistake, for example too_big'),
  detail: z.string().describe('The mistake in one sentence'),
  expected: z.string().optional().describe('What would be right here'),
});

const ExceededLimit = z.object({
  budget: z.string().describe('Name of the limit'),
  unit: z.string().describe('What is counted: tokens, usd, requests, bytes, values, levels'),
  limit: z.number().describe('The most that is allowed'),
  used: z.number().describe('What was used or asked for'),
  held: z.number().optional().describe('What is reserved for calls that are running'),
  remaining: z.number().describe('What is left'),
  resets_at: z.string().nullable().describe('When it is full again, ISO 8601; null if never'),
});

/** Output that arrived before a stream failed. */
export const Partial = z.object({
  usable: z.boolean().describe('Whether the text so far makes sense on its own for this tool'),
  text_chars: z.number().int().describe('Characters of text sent before the failure'),
});

const Upstream = z.object({
  provider: z.string().describe('The model provider, for example anthropic'),
  model: z.string().nullable().describe('The model that was asked'),
  status: z.number().int().nullable().describe('HTTP status it answered, if any'),
  type: z.string().nullable().describe('Its own word for the error'),
  request_id: z.string().nullable().describe('Its request id, for its support'),
});

/**
 * The one error object, on every front (RFC 9457 `application/problem+json` with extensions).
 * `code` is stable; everything else may be worded better one day.
 */
export const Problem = z.object({
  type: z.string().describe('Address of the page about this code'),
  title: z.string().describe('The code in words'),
  status: z.number().int().describe('HTTP status, also where the front is not HTTP'),
  detail: z.string().describe('What went wrong this time'),
  instance: z.string().optional().describe('The resource concerned: the call, if there is one'),
  code: z.string().describe('Stable snake_case code: branch on this'),
  category: z
    .enum(['input', 'access', 'not_found', 'limit', 'model', 'server', 'cancelled'])
    .describe('Whose turn it is: the caller (input, access, not_found), or ours (model, server)'),
  retryable: z.boolean().describe('Whether sending the same call again can succeed'),
  retry_after_ms: z.number().int().nullable().describe('Wait this long first; null: no such time'),
  retry_strategy: z
    .enum(['none', 'same', 'after_delay', 'modify', 'other_model', 'new_key'])
    .describe('How to try again, if at all'),
  next_actions: z.array(NextAction).describe('What to do now, best first; never empty'),
  errors: z.array(FieldError).optional().describe('The wrong fields, if the input was wrong'),
  limits: z.array(ExceededLimit).optional().describe('The limits that were met, if any'),
  partial: Partial.optional().describe('What arrived before a stream broke'),
  upstream: Upstream.optional().describe('The provider that failed, if one did'),
  call_id: z.string().nullable().describe('The ledger row of this call; null if none was made'),
  doc_url: z.string().describe('The page about this code'),
});

export type Problem = z.infer<typeof Problem>;
export type NextAction = z.infer<typeof NextAction>;
export type FieldError = z.infer<typeof FieldError>;
export type Partial = z.infer<typeof Partial>;
export type Upstream = z.infer<typeof Upstream>;
