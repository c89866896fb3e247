import { z } from 'zod';
import { BudgetState } from './budget.ts';

/** Token counts of one attempt or one call. `output` includes `thinking`; the prompt is the sum of the other four. */
export const Usage = z.object({
  input: z.number().int().describe('Prompt tokens billed at the full input price'),
  output: z.number().int().describe('Tokens the model wrote, thinking included'),
  thinking: z.number().int().describe('The part of output that was thinking'),
  cache_read: z.number().int().describe('Prompt tokens read from the provider cache'),
  cache_write_5m: z.number().int().describe('Prompt tokens written to the 5 minute provider cache'),
  cache_write_1h: z.number().int().describe('Prompt tokens written to the 1 hour provider cache'),
  source: z
    .enum(['provider', 'estimated', 'none'])
    .describe('Who counted: the provider, our estimate, or nobody because no model was asked'),
});

/** Why a count or a price is not simply what the provider said. */
const Doubt = z.enum([
  'input_missing',
  'input_unreadable',
  'input_above_limit',
  'input_zero',
  'output_missing',
  'output_unreadable',
  'output_above_limit',
  'output_too_small',
  'thinking_unreadable',
  'ended_early',
  'never_ended',
  'unknown_model',
]);

/** Our own count of a prompt and its reply, before anything learnt from earlier counts is applied. */
const TokenEstimate = z.object({
  input: z.number().int().describe('Prompt tokens'),
  output: z.number().int().describe('Tokens of the text that was received'),
  content: z.enum(['prose', 'code', 'json', 'cjk']).describe('What the prompt consists of mostly'),
});

/** One request to one model. A call has none, one or several. */
export const Attempt = z.object({
  model: z.string().describe('Model asked'),
  purpose: z
    .enum(['answer', 'judge', 'embed'])
    .describe(
      "What for: the answer, the cache judge's verdict on kept answers, or an embedding to find them",
    ),
  outcome: z
    .enum([
      'ok',
      'failed',
      'timeout',
      'invalid',
      'truncated',
      'refused',
      'cancelled',
      'deadline',
      'cut',
      'lost',
    ])
    .describe(
      'How the attempt ended; timeout: a limit of the attempt, deadline: that of the call, cut: a budget ran out, lost: the process died',
    ),
  reason: z.string().describe('Why this model was asked at this point, in one sentence'),
  reached: z
    .enum(['not_sent', 'unknown', 'answered'])
    .describe(
      'not_sent: never left the machine; unknown: sent, no answer came; answered: one began',
    ),
  error_code: z.string().nullable().describe('Our code for its failure, or null'),
  request_id: z.string().nullable().describe('The provider request id, if it answered'),
  usage: Usage.describe('Tokens of this attempt'),
  cost_usd: z.number().describe('Price of this attempt, US dollars'),
  price_id: z.string().nullable().describe('The row of the price table that was used'),
  prompt_cache_saved_usd: z
    .number()
    .describe("What the provider's prompt cache saved; below 0 where writing to it cost more"),
  answered_by: z
    .string()
    .nullable()
    .describe(
      'Name of the model that answered, as the provider gave it, where it is another than was asked; null: the same, or not said',
    ),
  doubts: z
    .array(Doubt)
    .describe(
      'Why usage or price are not simply what the provider said. *_missing: it said nothing; *_unreadable: no whole number from 0; *_above_limit: more than the model can hold or was allowed to write; input_zero, output_too_small: cannot be, beside what was received; ended_early: it ended before its last counts; never_ended: the process died; unknown_model: what answered has no price, so that of the model asked counts',
    ),
  estimate: TokenEstimate.nullable().describe('What we had counted ourselves; null if not sent'),
  ttft_ms: z.number().nullable().describe('Time to the first token, milliseconds'),
  latency_ms: z.number().describe('Duration of the attempt, milliseconds'),
});

/** Effect of its budgets on a call. */
export const CallBudget = z.object({
  fitted: z
    .object({
      how: z.enum(['clamped', 'downgraded', 'queued']).describe('What was done'),
      why: z.string().describe('For which budget, and what it means for the answer'),
    })
    .nullable()
    .describe('What was changed to make the call fit; null: nothing'),
  limits: z.array(BudgetState).describe('The budgets it counted on, tightest first'),
});

/** Cache verdict on a call. */
export const CacheVerdict = z.object({
  tier: z
    .enum(['exact', 'canonical', 'similar', 'judged', 'shared'])
    .nullable()
    .describe(
      'What recognised the question: exact: the same input; canonical: the same but for form, or a wording learnt before; similar: nearest by meaning; judged: a model said that the answer is the same; shared: an identical call ran at the same time; null: nothing did',
    ),
  entry: z.string().nullable().describe('The kept answer: id of the call that made it'),
  age_s: z.number().nullable().describe('Age of the kept answer, seconds'),
  stored: z.boolean().describe('Whether the answer of this call is kept for the next'),
  reason: z.string().describe('Why it was, or was not, answered from the cache'),
});

/** Facts on a call that every front says and its ledger row holds. */
export const CallMeta = z.object({
  id: z.string().describe('The call, and its ledger row'),
  tool: z.string().describe('Tool called'),
  principal: z.string().describe('Who called: the key or, without keys, local'),
  labels: z
    .object({
      feature: z.string().nullable().describe('Feature of the product, as the caller named it'),
      user: z.string().nullable().describe('End user behind the caller'),
      team: z.string().nullable().describe('Team the caller belongs to'),
    })
    .describe('What costs are attributed to'),
  front: z
    .enum(['rest', 'sse', 'mcp_http', 'mcp_stdio', 'cli', 'internal'])
    .describe('The way it came in; internal: tollgate itself, on behalf of the principal'),
  prompt: z
    .object({
      id: z.string().describe('Prompt id'),
      version: z.string().describe('Prompt version, for example v1'),
      variant: z
        .string()
        .nullable()
        .describe(
          'Why this version: split (the share of its weight), override (a rule for this caller), pinned (the caller asked for it); null: there is no other',
        ),
      hash: z
        .string()
        .nullable()
        .describe('SHA-256 of all that the model was told, without what the caller gave'),
    })
    .nullable()
    .describe('Prompt used, or null for a plain function'),
  model: z.string().nullable().describe('Model that gave the answer, or null'),
  route: z
    .object({
      chain: z.string().describe('Chain of models chosen: fast, balanced or deep'),
      reason: z.string().describe('Why this chain, and why models of it were passed over'),
    })
    .nullable()
    .describe('How the model was chosen, or null for a plain function'),
  served_by: z
    .enum([
      'model',
      'exact_cache',
      'similar_cache',
      'shared',
      'fallback',
      'function',
      'replay',
      'none',
    ])
    .describe(
      "Where the answer came from; exact_cache: kept from the same question; similar_cache: kept from another wording of it; shared: an identical call that ran at the same time; fallback: the tool's own answer without a model; replay: an earlier call with the same idempotency key; none: there is none",
    ),
  replay_of: z
    .string()
    .nullable()
    .describe('The call whose outcome this one repeats, for the same idempotency key'),
  degraded: z.boolean().describe('Whether the answer is worse than was asked for'),
  cache: CacheVerdict.nullable().describe(
    'What the cache said of this call; null for tools whose answers are never kept',
  ),
  similarity: z.number().nullable().describe('Similarity of the stored question, if one answered'),
  usage: Usage.describe('Tokens of all attempts together'),
  cost_usd: z.number().describe('Price of all attempts together, US dollars'),
  saved_usd: z.number().describe('What a stored answer saved, US dollars'),
  prompt_cache_saved_usd: z
    .number()
    .describe("What the provider's prompt cache saved in all attempts, US dollars"),
  budget: CallBudget.nullable().describe(
    'How its budgets took it; null where nothing could be spent',
  ),
  ttft_ms: z.number().nullable().describe('Time to the first token, milliseconds'),
  latency_ms: z.number().describe('Duration of the call, milliseconds'),
  attempts: z.array(Attempt).describe('Every request to a model, in order'),
  finish: z
    .enum(['complete', 'truncated', 'refused', 'cancelled', 'error'])
    .describe('How the call ended'),
  error_code: z.string().nullable().describe('Code of the problem it ended with, or null'),
  simulated: z.boolean().describe('True if the built-in simulator played the model that answered'),
  started_at: z.string().describe('ISO 8601, UTC'),
});

export type WireCache = z.infer<typeof CacheVerdict>;
export type Doubt = z.infer<typeof Doubt>;
export type TokenEstimate = z.infer<typeof TokenEstimate>;
export type CallBudget = z.infer<typeof CallBudget>;
export type Usage = z.infer<typeof Usage>;
export type WireAttempt = z.infer<typeof Attempt>;
export type WireCallMeta = z.infer<typeof CallMeta>;
