import { z } from 'zod';
import { Usage } from './call.ts';

const id = z.string().min(1).max(200);
const moment = (what: string) => z.string().describe(`${what}, ISO 8601, UTC`);
const count = z.number().int();
const usd = z.number();

const TierUse = z.object({
  tier: z
    .string()
    .describe('What recognised the question: exact, canonical, similar, judged or shared'),
  calls: count.describe('Calls that it answered'),
  share: z.number().describe('Their share of all calls of tools whose answers are kept, 0 to 1'),
  saved_usd: usd.describe('What those answers had cost, US dollars'),
});

const Spent = z.object({
  attempts: count.describe('How often it was asked'),
  cost_usd: usd.describe('What that cost, US dollars'),
});

/** Use of the cache in a span of time, and its contents now. */
export const CacheStats = z.object({
  from: moment('First moment'),
  to: moment('End, not included'),
  calls: count.describe('Calls of tools whose answers are kept'),
  hit_share: z.number().describe('The share of them that a kept answer answered, 0 to 1'),
  tiers: z.array(TierUse).describe('Every tier that answered'),
  saved_usd: usd.describe('What all those answers had cost, US dollars'),
  judge: Spent.describe('Asking a model whether a kept answer answers too'),
  embed: Spent.describe('Embedding questions, to find those that are near'),
  entries: count.describe('Answers that are kept now'),
  bytes: count.describe('Their size'),
  scopes: count.describe('Scopes: no answer ever leaves its own'),
  learnt_aliases: count.describe('Wordings that were found to have the same answer'),
  negatives: count.describe('Wordings that were found not to have it'),
  quarantined: count.describe('Entries that answer no more because callers complained'),
  vectors: z
    .array(
      z.object({
        index: z.string().describe('Version of the embedder'),
        count: count.describe('Questions'),
      }),
    )
    .describe('Questions by the embedder that made their vectors'),
});

const Wording = z.object({
  text: z.string().describe('As it was asked'),
  source: z.enum(['own', 'judge', 'check', 'caller', 'person']).describe('Who said so'),
});

/** One cached answer, with everything that is known of it. */
export const CacheEntry = z.object({
  id: z.string().describe('The entry: id of the call that made it'),
  tool: z.string().describe('The tool that answered'),
  prompt: z.string().describe('Prompt and version'),
  model: z.string().describe('The model that answered'),
  tenant: z.string().nullable().describe('Whose answers these are; null: everybody’s'),
  scope: z.string().describe('Hash of all that the answer depends on but the question'),
  question: z
    .string()
    .nullable()
    .describe('As it was first asked; null where only the same input is the same question'),
  canon: z
    .string()
    .nullable()
    .describe('Its canonical key; null where no other wording leads here'),
  output: z.unknown().describe('The answer, as the tool gave it'),
  tags: z.array(z.string()).describe('Tags, to purge it by'),
  wordings: z.array(Wording).describe('Wordings that lead here'),
  denied: z.array(Wording).describe('Wordings that never shall'),
  hits: count.describe('How often it answered'),
  saved_usd: usd.describe('What that saved, US dollars'),
  usage: Usage.describe('What the answer took when it was made'),
  cost_usd: usd.describe('What it cost when it was made, US dollars'),
  bytes: count.describe('Its size'),
  created_at: moment('When it was made'),
  last_used_at: moment('When it was last used'),
  exact_until: moment('Until then it answers the same input'),
  similar_until: moment('Until then it answers other wordings'),
  strikes: count.describe('Complaints about it; three put it into quarantine'),
  quarantined: z.boolean().describe('Whether it answers no more'),
  indexes: z.array(z.string()).describe('Embedders that know its question'),
});

const ServingClass = z.object({
  class: z.string().describe('Tool and compared field: their evidence counts together'),
  index: z
    .string()
    .describe('What finds the pairs: version of the embedder, or of the canonical key'),
  rules: z.string().describe('Version of the guards and keys'),
  state: z.enum(['shadow', 'serving']).describe('Whether it answers, or only gathers evidence'),
  threshold: z.number().nullable().describe('It answers from this similarity on; null in shadow'),
  judged: count.describe('Hits that were judged and decide'),
  wrong: count.describe('Those among them whose answer was wrong'),
  bound: z.number().describe('No more than this share of the hits is wrong, with 95 % confidence'),
  max_false_hits: z
    .number()
    .describe('The share that may be; it answers while the bound is within'),
  looks: count.describe('How often that was tested: every test costs some confidence'),
  labels: count.describe('Verdicts there were at the last look'),
  at: moment('When that was'),
});

const Disagreement = z.object({
  at: moment('When it was found'),
  entry: z.string().describe('The kept answer'),
  tool: z.string().describe('The tool that gave it'),
  asked: z.string().describe('The question it does not answer'),
  stored: z.string().nullable().describe('The question it does answer'),
  source: Wording.shape.source,
});

/** Permitted serving by similarity and why, and the pairs that were found to differ. */
export const ShadowReport = z.object({
  classes: z.array(ServingClass).describe('Every class that has evidence'),
  disagreements: z
    .array(Disagreement)
    .describe('Answers that were, or might have been, served to another question; newest first'),
});

/** Entries by conditions: every one given must hold. */
export const CacheSelection = z
  .strictObject({
    entry: id.optional().describe('This one'),
    tool: id.optional().describe('Answers of this tool'),
    prompt: id
      .optional()
      .describe('Answers of this prompt (faq), or of one version of it (faq@v1)'),
    tag: id.optional().describe('Those with this tag'),
    tenant: id.optional().describe('Answers for this tenant'),
    all: z.literal(true).optional().describe('Everything; instead of any condition'),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    message: 'Name what is to go: entry, tool, prompt, tag, tenant, or all',
  })
  .refine(({ all, ...rest }) => all === undefined || Object.keys(rest).length === 0, {
    path: ['all'],
    message: 'Cannot stand beside a condition',
  });

export const PurgeResult = z.object({
  purged: count.describe('How many entries went'),
});

/** A cached answer that somebody complained about. */
export const KeptAnswer = z.object({
  id: z.string().describe('The kept answer'),
  strikes: count.describe('Complaints about it; three put it into quarantine'),
  quarantined: z.boolean().describe('Whether it answers no more'),
});

export type CacheStats = z.infer<typeof CacheStats>;
export type CacheEntry = z.infer<typeof CacheEntry>;
export type ShadowReport = z.infer<typeof ShadowReport>;
export type CacheSelection = z.infer<typeof CacheSelection>;
export type PurgeResult = z.infer<typeof PurgeResult>;
export type KeptAnswer = z.infer<typeof KeptAnswer>;
