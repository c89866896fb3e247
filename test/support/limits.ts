import { IS_DEEP } from './depth.ts';

/**
 * The only limits of time in the tests. Each is there to end a test that would wait for ever, and says nothing of how
 * long anything should take: a machine that is ten times slower, or has ten times as much to do, stays far below. A deep test has
 * more to do.
 */
export const TEST_LIMIT_MS = IS_DEEP ? 600_000 : 120_000;

/** For one thing to come true. Below the limit of a test, so that the last reason is told. */
export const WAIT_LIMIT_MS = 90_000;
