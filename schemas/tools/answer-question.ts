import { z } from 'zod';
import { CallOptions } from '../wire/options.ts';

const MAX_CONTEXT_CHARS = 200_000;

const ContextDocument = z.strictObject({
  title: z.string().min(1).max(200).optional().describe('Name to cite it by'),
  text: z.string().min(1).max(MAX_CONTEXT_CHARS).describe('The text of the document'),
});

export const AnswerQuestionInput = z.strictObject({
  question: z.string().trim().min(1).max(4_000).describe('One question in plain language'),
  context: z
    .array(ContextDocument)
    .min(1)
    .max(50)
    .refine(
      (documents) => documents.reduce((sum, d) => sum + d.text.length, 0) <= MAX_CONTEXT_CHARS,
      {
        message: `The documents together may have at most ${String(MAX_CONTEXT_CHARS)} characters`,
      },
    )
    .optional()
    .describe('Documents to answer from; without them the bundled support handbook is used'),
  options: CallOptions.optional(),
});

export const AnswerQuestionOutput = z.object({
  answer: z.string().describe('The answer, or one sentence saying that the documents have none'),
  found: z.boolean().describe('Whether the documents answer the question'),
  sources: z.array(z.string()).describe('Headings or titles the answer was taken from'),
});
