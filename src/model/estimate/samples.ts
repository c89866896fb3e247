import type { AttemptRecord } from '../../core/call/call.ts';
import { promptTokens } from '../../core/call/usage.ts';
import type { CalibrationGroup, Sample, TokenSide } from './calibration.ts';

/** The part of an attempt that its samples are made of. */
export type Countable = Pick<AttemptRecord, 'model' | 'usage' | 'estimate' | 'outcome'> &
  Partial<Pick<AttemptRecord, 'answeredBy'>>;

/** In fewer tokens, a rounding and the frame around the text outweigh what is to be learnt. */
const ENOUGH_TOKENS = 20;

/** Only of these is the text we have all that the provider counted. */
const WHOLE: readonly AttemptRecord['outcome'][] = ['ok', 'invalid', 'truncated'];

/**
 * Samples of our counts from an attempt: one of its prompt, one of its reply, or none.
 * Thinking is no part of the text that was counted. A reply belongs to the content of its prompt.
 */
export function samplesOf(attempt: Countable): (CalibrationGroup & Sample)[] {
  const { model, usage, estimate, outcome, answeredBy = null } = attempt;
  // Attempts written before there was an estimate lack the field.
  if (!estimate || usage.source !== 'provider') return [];
  // Another model counts with another tokenizer.
  if (answeredBy !== null) return [];
  const sample = (side: TokenSide, actual: number): CalibrationGroup & Sample => ({
    model,
    side,
    actual,
    content: estimate.content,
    raw: estimate[side],
  });
  const samples = [sample('input', promptTokens(usage))];
  if (WHOLE.includes(outcome)) samples.push(sample('output', usage.output - usage.thinking));
  return samples.filter(({ raw, actual }) => raw >= ENOUGH_TOKENS && actual > 0);
}
