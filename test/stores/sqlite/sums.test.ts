import { describe } from 'vitest';
import { sumsCases } from '../cases/sums.ts';
import { runs, sized } from '../../support/depth.ts';
import { newFile, newThreadedFile } from './new-file.ts';

describe('asked here', () => {
  sumsCases(newFile, { numRuns: runs(300) });
});

describe('asked in a thread', () => {
  sumsCases(newThreadedFile, { numRuns: sized(3, 20) });
});
