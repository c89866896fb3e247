import { anySequenceCases } from './any-sequence.ts';
import type { Database } from './database.ts';
import { holdCases } from './holds.ts';
import { managingCases } from './managing.ts';
import { settlingCases } from './settling.ts';

/** What budgets promise, over any store. */
export function budgetCases(newDatabase: () => Database): void {
  holdCases(newDatabase);
  settlingCases(newDatabase);
  managingCases(newDatabase);
  anySequenceCases(newDatabase);
}
