import fc from 'fast-check';
import { runs } from './depth.ts';

/** A property that does not say how often it runs deserves a hundred. */
fc.configureGlobal({ numRuns: runs(100) });
