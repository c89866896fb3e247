import { GradeInput, GradeOutput } from '../../schemas/tools/grade-answer.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from '../annotations.ts';

/** That of evaluations: it is in no list, and no front can call it. */
export const gradeAnswer = defineTool({
  name: 'grade_answer',
  title: 'Grade an answer by a criterion',
  description:
    'Says how far an answer meets one criterion, from 0 to 1, and why. Tollgate asks it for itself, when it evaluates versions of a prompt by cases that no simple check can grade.',
  input: GradeInput,
  output: GradeOutput,
  examples: [
    {
      title: 'One criterion',
      input: {
        task: '{"question":"How long do I have to return a lamp?"}',
        answer: 'You can return most items within 30 days.',
        criterion: 'Says that there are 30 days',
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'grade',
  policy: {
    deadlineMs: 60_000,
    complexity: 'simple',
    partialUsable: false,
    // Each run shall measure anew, the judge too.
    cache: 'never',
    budget: { misfit: 'refuse', overrun: 'finish' },
  },
});
