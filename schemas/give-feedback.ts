import { z } from 'zod';
import { Feedback, FeedbackResult } from './cache.ts';

export const GiveFeedbackInput = z.strictObject({
  call: z.string().min(1).max(100).describe('Id of the call: `call.id` of its answer'),
  rating: Feedback.shape.rating,
});

export const GiveFeedbackOutput = FeedbackResult;
