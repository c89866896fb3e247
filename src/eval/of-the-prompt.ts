import type { Code } from '../errors/codes.ts';

/**
 * What calls end with because of what the model was told. All else is no fault of a version: no money, no
 * model, no time of others.
 */
const OF_THE_PROMPT: ReadonlySet<Code> = new Set<Code>([
  'invalid_output',
  'output_truncated',
  'model_refused',
  'model_rejected',
  'context_exceeded',
  'deadline_exceeded',
]);

/** Whether a problem counts as a bad answer. */
export const isOfThePrompt = (code: Code): boolean => OF_THE_PROMPT.has(code);
