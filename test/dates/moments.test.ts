import { describe, expect, it } from 'vitest';
import { momentsIn } from './moments.ts';

const from = Date.parse('2026-11-30T12:00:00Z');
const told = (timeZone: string, now = from): string[] =>
  momentsIn(timeZone, now).map(({ at }) => new Date(at).toISOString());

describe('the moments of npm run test:dates', () => {
  it('are ahead, the last an hour before the clocks of the place change', () => {
    expect(told('America/St_Johns')).toEqual([
      '2028-03-01T12:00:00.000Z',
      '2028-02-29T12:00:00.000Z',
      '2027-03-14T04:30:00.000Z',
    ]);
    expect(told('Pacific/Chatham').at(-1)).toBe('2027-04-03T13:00:00.000Z');
  });

  it('go on when these are past', () => {
    expect(told('Pacific/Chatham', Date.parse('2028-03-01T00:00:00Z'))).toEqual([
      '2029-06-01T00:00:00.000Z',
      '2032-02-29T12:00:00.000Z',
      '2028-04-01T13:00:00.000Z',
    ]);
  });
});
