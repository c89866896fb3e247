import type { Database } from 'better-sqlite3';
import type { CacheTotals, Disagreement } from '../ports/cache.ts';
import type { KeyRecord } from '../ports/store.ts';
import { openDisagreements, openTotals } from './cache/views.ts';
import { openScores, type Scores } from './feedback.ts';
import { openKeyList } from './keys.ts';
import { openPassed, type Passed } from './passed.ts';
import { openQuestions, type Questions } from './usage/questions.ts';

/** Reads whose work may grow with what is kept, by name: they are asked here, or in a thread. */
export interface Reads extends Questions {
  cacheTotals(): CacheTotals;
  disagreements(limit: number): Disagreement[];
  scores: Scores;
  passed: Passed;
  keys(): KeyRecord[];
}

/** @param db with the function `patient` */
export const openReads = (db: Database): Reads => ({
  ...openQuestions(db),
  cacheTotals: openTotals(db),
  disagreements: openDisagreements(db),
  scores: openScores(db),
  passed: openPassed(db),
  keys: openKeyList(db),
});
