import { problem, type ProblemError } from '../../errors/problem.ts';

interface Refusal {
  model: string;
  /** Place in line that it has or would have, from 1. */
  position: number;
  /** Time until it could start; 0 when nothing is known. */
  waitMs: number;
}

const later = ({ waitMs }: Refusal): string =>
  waitMs > 0 ? `a place is expected in ${(waitMs / 1000).toFixed(1)} s` : 'no place is in sight';

const overloaded = (detail: string, { waitMs }: Refusal): ProblemError =>
  problem('overloaded', {
    detail,
    ...(waitMs > 0 && waitMs < Infinity && { retryAfterMs: Math.max(1, Math.ceil(waitMs)) }),
  });

export const tooFull = (refusal: Refusal): ProblemError =>
  overloaded(
    `The queue of ${refusal.model} is full: this call would be at position ${String(refusal.position)}, and ${later(refusal)}.`,
    refusal,
  );

export const tooLate = (refusal: Refusal): ProblemError =>
  overloaded(
    `At position ${String(refusal.position)} of the queue of ${refusal.model} ${later(refusal)}, too late for this call to be answered in time.`,
    refusal,
  );
