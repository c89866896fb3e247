import { describe, expect, it } from 'vitest';
import { buildWaitingLines } from '../../src/budget/waiting-line.ts';

describe('a line', () => {
  it('lets those go first who came first, and moves up when one leaves', () => {
    const lines = buildWaitingLines();
    const [a, b, c] = [lines.join('x'), lines.join('x'), lines.join('x')];
    const positions = () => [a, b, c].map((turn) => turn.position());
    expect(positions()).toEqual([1, 2, 3]);
    b.leave();
    expect([a.position(), c.position()]).toEqual([1, 2]);
    a.leave();
    expect(c.position()).toBe(1);
  });

  it('is one per budget, and forgotten when it is empty', () => {
    const lines = buildWaitingLines();
    const first = lines.join('x');
    expect(lines.join('y').position()).toBe(1);
    first.leave();
    expect(lines.join('x').position()).toBe(1);
  });

  it('does not move for one who leaves twice', () => {
    const lines = buildWaitingLines();
    const [a, b, c] = [lines.join('x'), lines.join('x'), lines.join('x')];
    a.leave();
    a.leave();
    expect([b.position(), c.position()]).toEqual([1, 2]);
  });
});
