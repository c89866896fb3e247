import { describe, expect, it } from 'vitest';
import { camel } from '../../src/config/camel.ts';

describe('settings under the names of the code', () => {
  it('have the same values', () => {
    const given = { total_ms: 500, slow_tokens_per_second: 2, share: 0.5, model_5h_limit: null };
    expect(camel(given)).toEqual({
      totalMs: 500,
      slowTokensPerSecond: 2,
      share: 0.5,
      model5hLimit: null,
    });
  });

  it('leave out what is undefined, so that it hides no default', () => {
    const given: { idle_ms?: number | undefined; total_ms: number } = {
      idle_ms: undefined,
      total_ms: 1,
    };
    expect(Object.keys(camel(given))).toEqual(['totalMs']);
  });
});
