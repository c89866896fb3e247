import { cacheAnySequenceCases } from './cache-any-sequence.ts';
import { cacheStoringCases } from './cache-storing.ts';
import { cacheLearningCases } from './cache-learning.ts';
import { cacheSimilarityCases } from './cache-similarity.ts';
import { cacheUseCases } from './cache-use.ts';
import type { Database } from './database.ts';

/** What a cache promises, over any store. */
export function cacheCases(newDatabase: () => Database): void {
  cacheStoringCases(newDatabase);
  cacheLearningCases(newDatabase);
  cacheSimilarityCases(newDatabase);
  cacheUseCases(newDatabase);
  cacheAnySequenceCases(newDatabase);
}
