import { afterEach, beforeEach, expect, vi, type MockInstance } from 'vitest';

/** A test that prints is a test that hides something. */
const METHODS = ['log', 'info', 'warn', 'error'] as const;
let spies: MockInstance[] = [];

beforeEach(() => {
  spies = METHODS.map((method) => vi.spyOn(console, method));
});

afterEach(() => {
  const printed = spies.flatMap((spy) => spy.mock.calls);
  for (const spy of spies) spy.mockRestore();
  expect(printed, 'the console was used').toEqual([]);
});
