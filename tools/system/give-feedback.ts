import { GiveFeedbackInput, GiveFeedbackOutput } from '../../schemas/tools/give-feedback.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { WRITES_FEEDBACK } from '../annotations.ts';

export const giveFeedback = defineTool({
  name: 'give_feedback',
  title: 'Say how good an answer was',
  description:
    'Keeps what you say of the answer of one of your calls: a `rating` ("up" it was right, "down" it was wrong) or a `score` from 0 to 1, one of them, and a `comment` if you can say why. Use it once you know how an answer turned out, good ones too: versions of prompts are compared by it. Where a kept answer was wrong (`served_by` exact_cache or similar_cache) that question is not served it again, and three such complaints take it out of use. The last word on a call counts. Costs nothing.',
  input: GiveFeedbackInput,
  output: GiveFeedbackOutput,
  examples: [
    {
      title: 'The answer was wrong',
      input: {
        call: 'call_01KB4ZJ6F0M8X4V1Q2R3S4T5V6',
        rating: 'down',
        comment: 'It named 14 days, the handbook says 30.',
      },
    },
    {
      title: 'Most of it was right',
      input: { call: 'call_01KB4ZJ6F0M8X4V1Q2R3S4T5V6', score: 0.8 },
    },
  ],
  annotations: WRITES_FEEDBACK,
  policy: { deadlineMs: 5_000 },
  run: ({ call, ...said }, { principal, feedback }) => feedback.give(principal, call, said),
});
