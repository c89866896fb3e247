import { z } from 'zod';
import { CallOptions } from '../wire/options.ts';

export const RewriteTextInput = z.strictObject({
  text: z.string().trim().min(1).max(50_000).describe('The text to rewrite'),
  instruction: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .describe('What to change, for example "make it shorter"'),
  tone: z
    .enum(['neutral', 'friendly', 'formal', 'concise', 'persuasive'])
    .default('neutral')
    .describe('Tone of the result'),
  options: CallOptions.optional(),
});

export const RewriteTextOutput = z.object({
  text: z.string().describe('The rewritten text'),
});
