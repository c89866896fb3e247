import { z } from 'zod';

export const GradeInput = z.strictObject({
  task: z.string().min(1).describe('What was asked: the input of the tool, as JSON'),
  answer: z.string().describe('The answer, or the part of it that is graded'),
  criterion: z.string().min(1).describe('What a good answer does'),
});

export const GradeOutput = z.object({
  score: z
    .number()
    .min(0)
    .max(1)
    .describe('How far the answer meets the criterion: 1 fully, 0 not at all'),
  reason: z.string().describe('One sentence: what decided'),
});

export type GradeInput = z.infer<typeof GradeInput>;
export type GradeOutput = z.infer<typeof GradeOutput>;
