import { JudgeInput, JudgeOutput } from '../schemas/judge.ts';
import { defineTool } from '../src/call/tool.ts';
import { ASKS_A_MODEL } from './annotations.ts';

/**
 * Which stored question has the answer of a new one. For the cache of answers alone: no front lists
 * it, and without a model nothing is judged, so it has no fallback. `same` may be a number that the
 * input has no candidate for; who asks must check it.
 */
export const judgeSameAnswer = defineTool({
  name: 'judge_same_answer',
  title: 'Judge whether a stored answer serves',
  description:
    'Says which of up to 20 stored questions has an answer that serves a new question as well, or that none does. Used inside the cache of answers before a new wording is taken for a known question. `sure` is false when it cannot be told; then nothing may be learnt from the verdict.',
  input: JudgeInput,
  output: JudgeOutput,
  examples: [
    {
      title: 'Two wordings of one question',
      input: {
        question: 'How do I get a refund?',
        candidates: [
          {
            question: "What's your return policy?",
            answer: 'You can return most items within 30 days of delivery and get your money back.',
          },
          { question: 'Can I return a gift card?', answer: 'No, gift cards cannot be returned.' },
        ],
      },
    },
  ],
  annotations: ASKS_A_MODEL,
  prompt: 'judge',
  policy: {
    deadlineMs: 10_000,
    complexity: 'simple',
    partialUsable: false,
    cache: 'never',
    budget: { misfit: 'refuse', overrun: 'finish' },
  },
});
