import { describe } from 'vitest';
import { sumsCases } from '../cases/sums.ts';
import { newFile, newThreadedFile } from './new-file.ts';

describe('asked here', () => {
  sumsCases(newFile, { numRuns: 60 });
});

describe('asked in a thread', () => {
  sumsCases(newThreadedFile, { numRuns: 5 });
});
