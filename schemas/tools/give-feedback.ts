export { FeedbackResult as GiveFeedbackOutput, GiveFeedbackInput } from '../wire/feedback.ts';
