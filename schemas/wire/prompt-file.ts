import { z } from 'zod';

const Variable = z.strictObject({
  type: z.enum(['string', 'number', 'boolean', 'array', 'object']),
  required: z.boolean(),
  description: z.string().min(1),
  /** Stands in where the caller gives none. */
  default: z.unknown().optional(),
  /** Characters of a string, or elements of a list. */
  max_length: z.number().int().min(1).optional(),
});

/** Head of a prompt: who wrote it, when, why, and what it needs. */
export const FrontMatter = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^v[1-9]\d*$/),
  author: z.string().min(1),
  date: z.iso.date(),
  why: z.string().min(1),
  /** draft: served to nobody who does not ask for it; live: may be; retired: no more. */
  status: z.enum(['draft', 'live', 'retired']),
  model: z.strictObject({
    /** Else the tool's complexity and the size of the input decide. */
    chain: z.enum(['fast', 'balanced', 'deep']).optional(),
    /** Effort of the model; else its own default. */
    effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
    max_output_tokens: z.number().int().min(1),
    expected_output_tokens: z.number().int().min(1),
  }),
  variables: z.record(z.string(), Variable),
});

export type FrontMatter = z.infer<typeof FrontMatter>;
