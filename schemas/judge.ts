import { z } from 'zod';

const MAX_CANDIDATES = 20;
const MAX_ANSWER_CHARS = 4_000;

const StoredAnswer = z.strictObject({
  question: z.string().trim().min(1).max(4_000).describe('The question as it was asked'),
  answer: z
    .string()
    .trim()
    .min(1)
    .max(MAX_ANSWER_CHARS)
    .describe('What was answered; ends in … where it was cut'),
});

export const JudgeInput = z.strictObject({
  question: z.string().trim().min(1).max(4_000).describe('The new question'),
  answer: z
    .string()
    .trim()
    .min(1)
    .max(MAX_ANSWER_CHARS)
    .optional()
    .describe('A fresh answer to it, if there is one; ends in … where it was cut'),
  candidates: z
    .array(StoredAnswer)
    .min(1)
    .max(MAX_CANDIDATES)
    .describe('Stored answers that may serve it, the likeliest first'),
});

export const JudgeOutput = z.object({
  same: z
    .number()
    .int()
    .min(1)
    .max(MAX_CANDIDATES)
    .nullable()
    .describe(
      'Number of the stored question whose answer serves the new one as well, counted from 1; null if none does',
    ),
  sure: z.boolean().describe('False when it cannot be told; then nothing may be learnt from it'),
});
