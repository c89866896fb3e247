import { AnswerQuestionInput, AnswerQuestionOutput } from '../schemas/tools/answer-question.ts';
import { defineTool } from '../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from './annotations.ts';
import { answerFromPassages } from './fallback/answer-from-passages.ts';

export const answerQuestion = defineTool({
  name: 'answer_question',
  title: 'Answer a question',
  description:
    'Answers one question from documents: those you pass in `context`, or the bundled support handbook of the shop. Use it for anything a customer may ask about orders, shipping, returns, payment or accounts, and for questions about a text you have. It never answers from general knowledge: `found` is false when the documents have no answer. Returns the answer and the headings it came from.',
  input: AnswerQuestionInput,
  output: AnswerQuestionOutput,
  examples: [
    { title: 'From the handbook', input: { question: 'How do I get my money back?' } },
    {
      title: 'From a document',
      input: {
        question: 'When does the pool open on Sundays?',
        context: [
          {
            title: 'Pool hours',
            text: 'The pool opens at 7:00 on weekdays. On Saturdays and Sundays it opens at 9:00.',
          },
        ],
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'faq',
  streams: 'answer',
  fallback: answerFromPassages,
  policy: {
    deadlineMs: 60_000,
    complexity: 'standard',
    partialUsable: true,
    cache: {
      compare: 'question',
      visibility: 'team',
      ttlHours: 24,
      // The handbook's text is part of the scope: a change of it makes every answer new.
      similarTtlHours: 24,
      judge: 'inline',
    },
    budget: { misfit: 'clamp', overrun: 'finish' },
  },
});
