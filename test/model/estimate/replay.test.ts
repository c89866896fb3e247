import { describe, expect, it } from 'vitest';
import { replay } from '../../../src/model/estimate/replay.ts';
import { counted, MODEL } from '../../support/counted.ts';

/** Only the prompt counts: its reply is too short to say anything. */
const prompt = (input: number, content: 'prose' | 'json' = 'prose') =>
  counted({ usage: { input }, estimate: { output: 1, content } });

describe('a replay of attempts', () => {
  it('of nothing that can be compared is null', () => {
    expect(replay([])).toBeNull();
    expect(
      replay([counted({ estimate: null }), counted({ usage: { source: 'none' } })]),
    ).toBeNull();
  });

  it('predicts the first attempt from nothing', () => {
    const report = replay([prompt(1_250)]);
    expect(report?.groups).toEqual([
      {
        model: MODEL,
        side: 'input',
        content: 'prose',
        samples: 1,
        meanError: -0.2,
        meanAbsoluteError: 0.2,
        p95AbsoluteError: 0.2,
        aboveHigh: 0,
        predictedTokens: 1_000,
        actualTokens: 1_250,
      },
    ]);
    expect(report?.all).toMatchObject({ samples: 1, predictedTokens: 1_000, actualTokens: 1_250 });
  });

  it('predicts each from those before it, never from itself or later ones', () => {
    const errorOf = (...inputs: number[]): number =>
      (replay(inputs.map((input) => prompt(input)))?.all.meanError ?? 0) * inputs.length;
    // The second is 1000 again, whatever comes after.
    const second = errorOf(1_250, 1_000) - errorOf(1_250);
    expect(second).toBeGreaterThan(0.05);
    expect(errorOf(1_250, 1_000, 800) - errorOf(1_250, 1_000)).toBeGreaterThan(second);
    expect(errorOf(1_000, 1_250)).toBeCloseTo(-0.2, 10);
  });

  it('is better the longer it has learnt', () => {
    const error = (count: number): number =>
      replay(Array.from({ length: count }, () => prompt(1_300)))?.all.meanAbsoluteError ?? 1;
    expect(error(1)).toBeGreaterThan(0.2);
    expect(error(200)).toBeLessThan(0.02);
  });

  it('counts how often there was more than the high prediction, and the 95th error', () => {
    const calm = Array.from({ length: 95 }, () => prompt(1_000));
    const wild = Array.from({ length: 5 }, () => prompt(2_000));
    const report = replay([...calm, ...wild]);
    expect(report?.all.aboveHigh).toBe(0.05);
    expect(report?.all.p95AbsoluteError).toBeCloseTo(0, 2);
    expect(replay([...calm, ...wild, prompt(2_000)])?.all.p95AbsoluteError).toBeGreaterThan(0.3);
  });

  it('has a row per model, side and content, and one of all', () => {
    const other = 'claude-haiku-5-5';
    const report = replay([counted(), prompt(1_000, 'json'), counted({ model: other }), counted()]);
    expect(report?.groups.map((row) => [row.model, row.side, row.content, row.samples])).toEqual([
      [other, 'input', 'prose', 1],
      [other, 'output', 'prose', 1],
      [MODEL, 'input', 'json', 1],
      [MODEL, 'input', 'prose', 2],
      [MODEL, 'output', 'prose', 2],
    ]);
    expect(report?.all).toMatchObject({ samples: 7, actualTokens: 4_600 });
  });
});
