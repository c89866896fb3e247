import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildCalibration,
  type Calibration,
  type CalibrationGroup,
  type Sample,
} from '../../../src/model/estimate/calibration.ts';
import { MODEL } from '../../support/counted.ts';

const PROSE: CalibrationGroup = { model: MODEL, side: 'input', content: 'prose' };
const RAW = 100_000;

const taught = (samples: readonly Sample[], group = PROSE): Calibration => {
  const calibration = buildCalibration();
  for (const sample of samples) calibration.learn(group, sample);
  return calibration;
};
const same = (count: number, ratio: number): Sample[] =>
  Array.from({ length: count }, () => ({ raw: RAW, actual: RAW * ratio }));
/** What a raw count is multiplied with. */
const factor = (calibration: Calibration, group = PROSE): number =>
  calibration.predict(group, RAW).expected / RAW;

const ratio = fc.double({ min: 0.5, max: 3, noNaN: true });
const sample = fc.record({
  raw: fc.integer({ min: 1, max: 1_000_000 }),
  actual: fc.integer({ min: 1, max: 1_000_000 }),
});

describe('calibration', () => {
  it('changes nothing before it has learnt, but keeps a margin', () => {
    const { expected, high } = buildCalibration().predict(PROSE, 1_000);
    expect(expected).toBe(1_000);
    expect(high).toBe(Math.ceil(1_000 * Math.exp(1.64 * 0.15)));
  });

  it('learns a model that writes 15 % more within 20 samples to under 3 %', () => {
    expect(Math.abs(factor(taught(same(20, 1.15))) / 1.15 - 1)).toBeLessThan(0.03);
    expect(Math.abs(factor(taught(same(5, 1.15))) / 1.15 - 1)).toBeGreaterThan(0.03);
  });

  it('converges to a ratio that stays the same, and its margin to nothing', () => {
    fc.assert(
      fc.property(ratio, (actual) => {
        const { expected, high } = taught(same(2_000, actual)).predict(PROSE, RAW);
        expect(Math.abs(expected / RAW / actual - 1)).toBeLessThan(0.003);
        expect(high / expected).toBeLessThan(1.01);
      }),
    );
  });

  it('follows a ratio that changes, though it has seen thousands of the old one', () => {
    const calibration = taught(same(3_000, 1));
    for (const each of same(100, 1.4)) calibration.learn(PROSE, each);
    expect(factor(calibration)).toBeCloseTo(1.4, 1.5);
  });

  it('does not take one odd count for the truth', () => {
    expect(factor(taught(same(1, 2)))).toBeLessThan(1.5);
    expect(factor(taught(same(1, 2)))).toBeGreaterThan(1.1);
    const steady = factor(taught(same(50, 1.1)));
    const shaken = factor(taught([...same(50, 1.1), { raw: 10, actual: 100_000 }]));
    expect(shaken / steady).toBeLessThan(1.06);
  });

  it('is above the expected count with its high one, whole, and within the bounds', () => {
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 60 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (samples, raw) => {
          const { expected, high } = taught(samples).predict(PROSE, raw);
          expect(Number.isInteger(expected) && Number.isInteger(high)).toBe(true);
          expect(high).toBeGreaterThanOrEqual(expected);
          expect(expected).toBeGreaterThanOrEqual(Math.floor(raw / 2));
          expect(high).toBeLessThanOrEqual(3 * raw);
        },
      ),
    );
  });

  it('does not care in which order its first 20 samples came', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), (samples) => {
        const [forth, back] = [taught(samples), taught(samples.toReversed())];
        const [one, other] = [forth.factors()[0], back.factors()[0]];
        expect(one?.mean).toBeCloseTo(other?.mean ?? 0, 9);
        expect(one?.deviation).toBeCloseTo(other?.deviation ?? 0, 9);
      }),
    );
  });

  it('weighs late samples more once there are 20', () => {
    const [low, high] = [same(40, 0.9), same(40, 1.2)];
    expect(factor(taught([...low, ...high]))).toBeGreaterThan(factor(taught([...high, ...low])));
  });

  it('survives any counts', () => {
    const any = fc.record({
      raw: fc.oneof(fc.double(), fc.constantFrom(0, -1, NaN, Infinity)),
      actual: fc.oneof(fc.double(), fc.constantFrom(0, -1, NaN, Infinity)),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (samples) => {
        const { expected, high } = taught(samples).predict(PROSE, 1_000);
        expect(expected).toBeGreaterThanOrEqual(500);
        expect(high).toBeLessThanOrEqual(3_000);
      }),
    );
  });

  it('has 95 % of counts below the high one when they scatter as errors do', () => {
    let state = 7;
    const uniform = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    // Box and Muller: two even numbers make a normal one.
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const calibration = buildCalibration();
    let above = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const actual = RAW * 1.2 * Math.exp(0.1 * normal());
      if (actual > calibration.predict(PROSE, RAW).high) above += 1;
      calibration.learn(PROSE, { raw: RAW, actual });
    }
    expect(above / 10_000).toBeGreaterThan(0.03);
    expect(above / 10_000).toBeLessThan(0.08);
  });
});

describe('what one group has learnt', () => {
  const calibration = taught(same(30, 1.3));

  it('helps the other contents of the same model and side until they know better', () => {
    const json: CalibrationGroup = { ...PROSE, content: 'json' };
    expect(factor(calibration, json)).toBeCloseTo(1.3, 1);
    const both = taught(same(30, 1.3));
    for (const each of same(60, 0.8)) both.learn(json, each);
    expect(factor(both, json)).toBeCloseTo(0.8, 1);
    expect(factor(both)).toBeCloseTo(1.3, 1);
    // Twice as many samples pull twice as hard.
    const code = factor(both, { ...PROSE, content: 'code' });
    expect(code).toBeGreaterThan(0.85);
    expect(code).toBeLessThan(1.05);
  });

  it('says nothing about another model or the other side', () => {
    expect(factor(calibration, { ...PROSE, model: 'claude-opus-5-5' })).toBe(1);
    expect(factor(calibration, { ...PROSE, side: 'output' })).toBe(1);
  });

  it('is listed with its samples, and a group without any is not', () => {
    expect(buildCalibration().factors()).toEqual([]);
    const listed = calibration.factors();
    expect(listed).toMatchObject([{ ...PROSE, samples: 30 }]);
    expect(listed[0]?.mean).toBeCloseTo(factor(calibration), 5);
    expect(listed[0]?.deviation).toBeGreaterThan(0);
  });
});
