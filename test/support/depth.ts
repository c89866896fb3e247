/**
 * How much of what is found by chance or by numbers a run tries: `npm test` enough to notice a fault the day it is
 * made, `npm run test:deep` as much as its test says. Nothing is left out but repetition; what only makes sense as a
 * whole is a `*.deep.test.ts` of its own.
 */
export const IS_DEEP = process.env['TEST_DEPTH'] === 'deep';

const SHARE = 10;
const FEWEST = 10;

/** Repetitions of a property that deserves so many: a tenth of them, but ten at least, in the quick suite. */
export const runs = (deep: number): number =>
  IS_DEEP ? deep : Math.min(deep, Math.max(FEWEST, Math.round(deep / SHARE)));

/** A size (of a crowd, a file, a number of kills) that differs between the suites. */
export const sized = (quick: number, deep: number): number => (IS_DEEP ? deep : quick);
