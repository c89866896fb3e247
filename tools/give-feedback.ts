import { GiveFeedbackInput, GiveFeedbackOutput } from '../schemas/give-feedback.ts';
import { defineTool } from '../src/call/tool.ts';
import { TELLS_US } from './annotations.ts';

export const giveFeedback = defineTool({
  name: 'give_feedback',
  title: 'Say whether an answer was right',
  description:
    'Tells tollgate whether the answer of one of your calls was right. Use it with "down" when an answer turned out wrong, most of all one with `served_by` exact_cache or similar_cache: that question is not served that kept answer again, and three such complaints take the answer out of use. Costs nothing.',
  input: GiveFeedbackInput,
  output: GiveFeedbackOutput,
  examples: [
    {
      title: 'The answer was wrong',
      input: { call: 'call_01KB4ZJ6F0M8X4V1Q2R3S4T5V6', rating: 'down' },
    },
  ],
  annotations: TELLS_US,
  policy: { deadlineMs: 5_000 },
  run: async ({ call, rating }, { books, complain }) => {
    // Whoever may not see a call may not speak of its answer.
    const { id } = await books.call(call);
    return { rating, entry: rating === 'down' ? await complain(id) : null };
  },
});
