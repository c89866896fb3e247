import type { Feedback, FeedbackResult } from '../../../schemas/wire/feedback.ts';
import type { Principal } from '../call/principal.ts';

/** Callers' word on how good an answer was. */
export interface FeedbackService {
  /**
   * Keeps the word of the principal on one of its calls; below 0.5 it is a complaint about the kept
   * answer that was served, if one was.
   * @throws ProblemError unknown_call, also for a call that it may not see
   */
  give(by: Principal, callId: string, feedback: Feedback): Promise<FeedbackResult>;
}
