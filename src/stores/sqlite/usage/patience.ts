import type { Database } from 'better-sqlite3';
import { problem } from '../../../errors/problem.ts';

/** Ends a read that takes too long, wherever it is: SQLite itself cannot be interrupted here. */
export interface Patience {
  /** From now on; milliseconds. */
  start(limitMs: number): void;
  /** Called for every row that is read. @throws ProblemError question_too_large */
  check(): void;
}

/** The clock is looked at once in so many rows. */
const ROWS = 32;

/**
 * A statement asks for every row with `patient()`, which is true or throws.
 * @param clock milliseconds, of any origin
 */
export function openPatience(db: Database, clock: () => number): Patience {
  let until = Infinity;
  let rows = 0;
  const check = (): void => {
    rows = (rows + 1) % ROWS;
    if (rows === 0 && clock() > until) throw tooLarge();
  };
  db.function('patient', { deterministic: false }, () => {
    check();
    return 1;
  });
  return {
    start(limitMs) {
      until = clock() + limitMs;
      if (limitMs <= 0) throw tooLarge();
    },
    check,
  };
}

export const tooLarge = () =>
  problem('question_too_large', {
    detail:
      'The answer would take longer to find than a question may take. Ask for less at a time: a later `from`, an earlier `to`, one `tool`.',
  });
