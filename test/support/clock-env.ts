/**
 * What a process needs to live in the same time as its test: `npm run test:dates` moves the clock under a process, and
 * the calendar of a place is a variable. Nothing else of a machine's environment reaches the children of a test.
 */
const NAMES = ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC', 'TZ'];

export const CLOCK_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);
