import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sinceAlarm } from '../../../src/cache/evidence/evidence-at.ts';

const SHARE = 0.02;
/** Labels from a drawing: . right, x wrong. */
const labels = (drawn: string): { same: boolean }[] =>
  Array.from(drawn, (each) => ({ same: each === '.' }));
const right = (count: number): string => '.'.repeat(count);

describe('the alarm', () => {
  it.each([
    ['no labels', ''],
    ['nothing wrong', right(500)],
    ['one wrong', `${right(20)}x${right(20)}`],
    ['two wrong ones with ten between them', `${right(200)}x${right(10)}x${right(5)}`],
    ['a wrong one now and then', `x${right(49)}`.repeat(20)],
  ])('is silent: %s', (_what, drawn) => {
    const all = labels(drawn);
    expect(sinceAlarm(all, SHARE)).toBe(all);
  });

  it.each([
    ['two wrong ones close together', `${right(200)}x${right(9)}x`, 0],
    ['… and right ones since', `${right(200)}x${right(9)}x${right(30)}`, 30],
    ['three wrong ones of thirty', `${right(200)}x${right(14)}x${right(14)}x..`, 2],
    ['twice', `xx${right(100)}xx${right(7)}`, 7],
    ['wrong from the first', 'xx.', 1],
  ])('rings: %s', (_what, drawn, since) => {
    expect(sinceAlarm(labels(drawn), SHARE)).toHaveLength(since);
  });

  it('scales with the share that is allowed', () => {
    const drawn = labels(`${right(200)}x${right(60)}x`);
    expect(sinceAlarm(drawn, 0.02)).toBe(drawn);
    expect(sinceAlarm(drawn, 0.002)).toHaveLength(0);
  });

  it('rings at the first wrong ones where none may be wrong', () => {
    expect(sinceAlarm(labels(`${right(9)}x${right(999)}x`), 0)).toHaveLength(0);
  });

  it('leaves the newest labels as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ same: fc.boolean() })), (all) => {
        const since = sinceAlarm(all, SHARE);
        expect(all.slice(all.length - since.length)).toEqual(since);
      }),
    );
  });
});
