import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBaseline, type Baseline } from '../../../src/model/breaker/baseline.ts';

const MINIMUM = 20;
const HOUR_MS = 3_600_000;

const durationMs = fc.double({ min: 0.01, max: 100_000, noNaN: true });

/** Learned `count` times `value`, one each `everyMs`. @returns the time afterwards */
function teach(
  baseline: Baseline,
  value: number,
  { count = MINIMUM, from = 0, everyMs = 0 } = {},
): number {
  for (let n = 0; n < count; n += 1) baseline.learn(value, from + n * everyMs);
  return from + count * everyMs;
}

describe('a baseline', () => {
  it('knows nothing before it has seen enough, and then the median', () => {
    const baseline = buildBaseline(3);
    baseline.learn(900, 0);
    baseline.learn(60_000, 0);
    expect(baseline.usual()).toBeNull();
    baseline.learn(1000, 0);
    expect(baseline.usual()).toBeCloseTo(1000);
  });

  it('takes the middle of the two middle values, on a logarithmic scale', () => {
    const baseline = buildBaseline(2);
    baseline.learn(100, 0);
    baseline.learn(400, 0);
    expect(baseline.usual()).toBeCloseTo(200);
  });

  it('stays where it is while values stay the same', () => {
    fc.assert(
      fc.property(durationMs, fc.integer({ min: MINIMUM, max: 200 }), (value, count) => {
        const baseline = buildBaseline(MINIMUM);
        teach(baseline, value, { count, everyMs: 1000 });
        expect(baseline.usual()).toBeCloseTo(value, 5);
      }),
    );
  });

  it('never leaves the range of what it has seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(durationMs, fc.nat(HOUR_MS)), { minLength: MINIMUM, maxLength: 200 }),
        (values) => {
          const baseline = buildBaseline(MINIMUM);
          let atMs = 0;
          for (const [value, pauseMs] of values) baseline.learn(value, (atMs += pauseMs));
          const seen = values.map(([value]) => value);
          expect(baseline.usual()).toBeGreaterThanOrEqual(Math.min(...seen) * (1 - 1e-9));
          expect(baseline.usual()).toBeLessThanOrEqual(Math.max(...seen) * (1 + 1e-9));
        },
      ),
    );
  });

  it('is moved by one outlier of any size by less than 4 %', () => {
    fc.assert(
      fc.property(durationMs, durationMs, (usual, outlier) => {
        const baseline = buildBaseline(MINIMUM);
        teach(baseline, usual);
        baseline.learn(outlier, 1);
        expect(Math.abs((baseline.usual() ?? 0) / usual - 1)).toBeLessThan(0.04);
      }),
    );
  });

  it('falls within 100 attempts to where a model has become quicker', () => {
    const baseline = buildBaseline(MINIMUM);
    teach(baseline, 8000);
    teach(baseline, 1000, { count: 100 });
    expect(baseline.usual()).toBeLessThan(1200);
  });

  it('rises by half at once and doubles in six hours at most, however many attempts teach it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 100_000, noNaN: true }), { maxLength: 500 }),
        fc.nat(24 * HOUR_MS),
        (values, spanMs) => {
          const baseline = buildBaseline(MINIMUM);
          teach(baseline, 1);
          const stepMs = spanMs / Math.max(1, values.length);
          values.forEach((value, n) => {
            baseline.learn(value, (n + 1) * stepMs);
          });
          const most = 1.5 * 2 ** (spanMs / (6 * HOUR_MS));
          expect(baseline.usual()).toBeLessThanOrEqual(most * (1 + 1e-9));
        },
      ),
    );
  });

  it('keeps to that on a busy model, and uses it up', () => {
    const baseline = buildBaseline(MINIMUM);
    teach(baseline, 1000);
    teach(baseline, 9000, { count: 100 });
    expect(baseline.usual()).toBeCloseTo(1500);
    teach(baseline, 9000, { count: 6 * 3600, everyMs: 1000 });
    expect(baseline.usual()).toBeGreaterThan(2900);
    expect(baseline.usual()).toBeLessThanOrEqual(3000);
  });

  it('that fell may not jump back to where it was', () => {
    const baseline = buildBaseline(MINIMUM);
    teach(baseline, 8000);
    teach(baseline, 1000, { count: 200 });
    const usual = baseline.usual() ?? NaN;
    teach(baseline, 8000, { count: 200 });
    expect(baseline.usual()).toBeCloseTo(1.5 * usual);
  });

  it('does rise with time, and its past falls do not hold it down for ever', () => {
    const baseline = buildBaseline(MINIMUM);
    teach(baseline, 1000);
    const atMs = teach(baseline, 500, { count: 200, everyMs: 1000 });
    teach(baseline, 2000, { count: 2000, from: atMs, everyMs: 60_000 });
    expect(baseline.usual()).toBeGreaterThan(1900);
  });

  it('is not led astray by chance: 10 a second of a noisy model keep their middle', () => {
    const baseline = buildBaseline(MINIMUM);
    for (let n = 0; n < 5000; n += 1) baseline.learn(1000 * 2 ** Math.sin(n * n), n * 100);
    expect(baseline.usual()).toBeGreaterThan(850);
    expect(baseline.usual()).toBeLessThan(1150);
  });

  it('survives values that are no durations', () => {
    const baseline = buildBaseline(MINIMUM);
    teach(baseline, 1000);
    for (const value of [NaN, Infinity, 0, -5]) baseline.learn(value, 0);
    expect(baseline.usual()).toBeGreaterThan(900);
    expect(baseline.usual()).toBeLessThanOrEqual(1000.001);
  });

  it('starts anew after it forgot', () => {
    const baseline = buildBaseline(2);
    teach(baseline, 1000, { count: 3 });
    baseline.forget();
    expect(baseline.usual()).toBeNull();
    baseline.learn(1, 0);
    baseline.forget();
    teach(baseline, 6000, { count: 2 });
    expect(baseline.usual()).toBeCloseTo(6000);
  });
});
