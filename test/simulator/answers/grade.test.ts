import { describe, expect, it } from 'vitest';
import { gradeAnswer } from '../../../src/simulator/answers/grade.ts';

const scoreOf = (criterion: string, answer: string): number =>
  gradeAnswer({ criterion, answer }).score;

const RETURNS = 'You can return most items within 30 days and get your money back.';

describe('the simulator as a judge of answers', () => {
  it('looks for what the criterion speaks of, in whatever form', () => {
    expect(scoreOf('Says that items can be returned within 30 days.', RETURNS)).toBe(1);
    expect(scoreOf('Says that items can be returned within 60 days.', RETURNS)).toBe(0.75);
    expect(scoreOf('Says that items can be returned within 30 days.', 'We open at nine.')).toBe(0);
  });

  it('takes what is quoted word for word, but for capitals and points', () => {
    expect(scoreOf('Says "Most items".', RETURNS)).toBe(1);
    expect(scoreOf('Says "items most".', RETURNS)).toBe(0);
  });

  it('wants what must not be said to be missing', () => {
    expect(scoreOf('Does not promise a "free label".', RETURNS)).toBe(1);
    expect(scoreOf('Does not mention "30 days".', RETURNS)).toBe(0);
    expect(scoreOf('Answers without giving a "phone number".', RETURNS)).toBe(1);
    expect(scoreOf('Names the 30 days. Never says that shipping is free.', RETURNS)).toBe(1);
  });

  it('says what decided', () => {
    expect(gradeAnswer({ criterion: 'Names "30 days" and "a voucher".', answer: RETURNS })).toEqual(
      {
        score: 0.5,
        reason: 'Not as the criterion wants: "a voucher".',
      },
    );
  });

  it('is content with any answer where the criterion names nothing', () => {
    expect([scoreOf('Answers it.', 'Yes.'), scoreOf('Answers it.', ' ')]).toEqual([1, 0]);
  });
});
