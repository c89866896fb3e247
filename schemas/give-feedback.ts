export { FeedbackResult as GiveFeedbackOutput, GiveFeedbackInput } from './feedback.ts';
