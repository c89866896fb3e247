import { describe, expect, it } from 'vitest';
import { withinTime } from '../../src/eval/graders/within-time.ts';

describe('work within a time', () => {
  it('is done, and gives its value', () => {
    expect(withinTime(() => 'abc'.includes('b'))).toEqual({ value: true });
    expect(withinTime(() => undefined)).toEqual({ value: undefined });
  });

  it('ends where it would take for ever', () => {
    expect(withinTime(() => /^(a+)+$/.test(`${'a'.repeat(60)}!`), 20)).toBeNull();
    expect(withinTime(() => 'again')).toEqual({ value: 'again' });
  });

  it('that has slept only, as others had the processor, is begun again', () => {
    let begun = 0;
    const done = withinTime(() => {
      begun += 1;
      // Waits for nothing, without work.
      if (begun === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      // Somewhere a script can be ended.
      for (let turn = 0; turn < 10_000; turn += 1) begun += 0;
      return begun;
    }, 40);
    expect(done).toEqual({ value: 2 });
  });

  it('throws what it throws', () => {
    expect(() =>
      withinTime(() => {
        throw new TypeError('no');
      }),
    ).toThrow(TypeError);
  });
});
