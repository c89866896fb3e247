import { z } from 'zod';

const Candidate = z.strictObject({
  question: z.string().min(1).describe('A question that was answered before'),
  answer: z.string().min(1).describe('Its answer, or the beginning of it'),
});

export const JudgeInput = z.strictObject({
  question: z.string().min(1).describe('The question that is asked now'),
  answer: z.string().optional().describe('A new answer to it, where there is one'),
  candidates: z.array(Candidate).min(1).max(20).describe('Answered questions it might be one of'),
});

export const JudgeOutput = z.object({
  same: z
    .number()
    .int()
    .nullable()
    .describe('Number of the candidate whose answer serves the asker as well, from 1; null: none'),
  sure: z.boolean().describe('False if it cannot be told; then nothing is learnt'),
});

export type JudgeInput = z.infer<typeof JudgeInput>;
export type JudgeOutput = z.infer<typeof JudgeOutput>;
