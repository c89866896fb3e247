import { JudgeInput, JudgeOutput } from '../../schemas/tools/judge-same-answer.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from '../annotations.ts';

/** The cache's own: it is in no list, and no front can call it. */
export const judgeSameAnswer = defineTool({
  name: 'judge_same_answer',
  title: 'Judge whether an answered question has the same answer',
  description:
    'Says which of the answered questions has an answer that would serve the asker of a new question as well. Tollgate asks it for itself, to recognise a question in other words.',
  input: JudgeInput,
  output: JudgeOutput,
  examples: [
    {
      title: 'Two wordings',
      input: {
        question: 'How do I get a refund?',
        candidates: [
          {
            question: "What's your return policy?",
            answer: 'You can return most items within 30 days and get your money back.',
          },
        ],
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'judge',
  policy: {
    deadlineMs: 10_000,
    complexity: 'simple',
    partialUsable: false,
    cache: 'never',
    budget: { misfit: 'refuse', overrun: 'finish' },
  },
});
