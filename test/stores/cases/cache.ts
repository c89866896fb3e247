import { cacheAnySequenceCases } from './cache-any-sequence.ts';
import { cacheKeepingCases } from './cache-storing.ts';
import { cacheLearningCases } from './cache-learning.ts';
import { cacheNearnessCases } from './cache-similarity.ts';
import { cacheUseCases } from './cache-use.ts';
import type { Database } from './database.ts';

/** What a cache promises, over any store. */
export function cacheCases(newDatabase: () => Database): void {
  cacheKeepingCases(newDatabase);
  cacheLearningCases(newDatabase);
  cacheNearnessCases(newDatabase);
  cacheUseCases(newDatabase);
  cacheAnySequenceCases(newDatabase);
}
