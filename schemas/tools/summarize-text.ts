import { z } from 'zod';
import { CallOptions } from '../wire/options.ts';

export const SummarizeTextInput = z.strictObject({
  text: z.string().trim().min(1).max(200_000).describe('The text to summarize'),
  style: z
    .enum(['paragraph', 'bullets', 'headline'])
    .default('paragraph')
    .describe('Shape of the summary'),
  max_words: z
    .number()
    .int()
    .min(5)
    .max(1_000)
    .default(120)
    .describe('Most words the summary may have'),
  options: CallOptions.optional(),
});

export const SummarizeTextOutput = z.object({
  summary: z.string().describe('The summary, in the style asked for'),
});
