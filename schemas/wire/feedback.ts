import { z } from 'zod';
import { KeptAnswer } from './cache.ts';

const fields = {
  rating: z.enum(['up', 'down']).optional().describe('up is a score of 1, down of 0: it was wrong'),
  score: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('How good the answer was, 0 (wrong or useless) to 1; give this or `rating`'),
  comment: z.string().trim().min(1).max(2_000).optional().describe('Why, for people who read it'),
};

const ONE_OF_BOTH = 'Give a `score`, or a `rating`: one of them';

/** Feedback on the answer of a call. */
export const Feedback = z
  .strictObject(fields)
  .refine(({ rating, score }) => (rating === undefined) !== (score === undefined), {
    message: ONE_OF_BOTH,
  });

export const GiveFeedbackInput = z
  .strictObject({
    call: z.string().min(1).max(100).describe('Id of the call: `call.id` of its answer'),
    ...fields,
  })
  .refine(({ rating, score }) => (rating === undefined) !== (score === undefined), {
    message: ONE_OF_BOTH,
  });

export const FeedbackResult = z.object({
  score: z.number().describe('What is kept; a later word on the same call takes its place'),
  prompt: z
    .string()
    .nullable()
    .describe('The prompt version it counts for, for example faq@v2; null for a plain function'),
  entry: KeptAnswer.nullable().describe(
    'The kept answer that a score below 0.5 complains about; null where none had answered the call',
  ),
});

export type Feedback = z.infer<typeof Feedback>;
export type FeedbackResult = z.infer<typeof FeedbackResult>;
