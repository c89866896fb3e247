import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../src/model/queue/fair-queue.ts';

interface Entry {
  principal: string;
  n: number;
}

const lineOf = (...names: string[]): FairQueue<Entry> => {
  const line = new FairQueue<Entry>();
  for (const [n, principal] of names.entries()) line.join({ principal, n });
  return line;
};
const served = (line: FairQueue<Entry>): Entry[] => {
  const order: Entry[] = [];
  for (let next = line.serve(); next; next = line.serve()) order.push(next);
  return order;
};

describe('the line', () => {
  it('serves principals in rounds, and each one’s calls in the order they came', () => {
    const line = lineOf('a', 'a', 'a', 'b', 'c', 'b');
    expect(served(line).map(({ n }) => n)).toEqual([0, 3, 4, 1, 5, 2]);
    expect(line.size).toBe(0);
  });

  it('lets the first call of a newcomer wait for one turn of each who was there', () => {
    const line = lineOf(...Array.from({ length: 500 }, () => 'greedy'));
    line.serve();
    line.join({ principal: 'late', n: 500 });
    expect(line.inTurn().findIndex(({ n }) => n === 500)).toBe(1);
  });

  it('keeps the turns of the others when one leaves', () => {
    const line = lineOf('a', 'b', 'c', 'a');
    const [first] = line.inTurn();
    if (first) line.remove(first);
    if (first) line.remove(first);
    expect(line.size).toBe(3);
    expect(line.inTurn().map(({ n }) => n)).toEqual([3, 1, 2]);
  });

  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), {
    size: 'max',
    maxLength: 60,
  });

  it('serves in the order it tells', () => {
    fc.assert(
      fc.property(names, fc.nat(20), (who, before) => {
        const line = lineOf(...who);
        for (let i = 0; i < before; i += 1) line.serve();
        const told = line.inTurn();
        expect(line.size).toBe(told.length);
        expect(served(line)).toEqual(told);
      }),
    );
  });

  it('never serves anybody twice while somebody else waits for a first time', () => {
    fc.assert(
      fc.property(names, fc.nat(20), (who, before) => {
        const line = lineOf(...who);
        for (let i = 0; i < before; i += 1) line.serve();
        const waiting = new Set(line.inTurn().map(({ principal }) => principal));
        const round = line.inTurn().slice(0, waiting.size);
        expect(new Set(round.map(({ principal }) => principal))).toEqual(waiting);
      }),
    );
  });
});
