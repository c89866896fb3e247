import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFairQueue } from '../../../../src/core/call/checks/fair-queue.ts';
import { runs } from '../../../support/depth.ts';

interface Entry {
  owner: string;
  at: number;
}

const limits = { waitingOfOne: 4, waitingOfAll: 10 };
const entry = (owner: string, at = 0): Entry => ({ owner, at });

describe('those who wait to be checked', () => {
  it('take turns, however many one of them has', () => {
    const queue = openFairQueue<Entry>(limits);
    for (let at = 0; at < 4; at += 1) queue.enter(entry('many', at));
    queue.enter(entry('one'));
    const turns: string[] = [];
    for (let next = queue.take(); next !== null; next = queue.take()) {
      turns.push(`${next.owner} ${String(next.at)}`);
      queue.done(next.owner);
    }
    expect(turns).toEqual(['many 0', 'one 0', 'many 1', 'many 2', 'many 3']);
  });

  it('never have two turns at once', () => {
    const queue = openFairQueue<Entry>(limits);
    queue.enter(entry('a', 1));
    queue.enter(entry('a', 2));
    expect(queue.take()).toEqual(entry('a', 1));
    expect(queue.take()).toBeNull();
    queue.done('a');
    expect(queue.take()).toEqual(entry('a', 2));
  });

  it('may be no more than a few of one owner, while others still come', () => {
    const queue = openFairQueue<Entry>(limits);
    for (let at = 0; at < 4; at += 1) queue.enter(entry('many', at));
    expect(() => {
      queue.enter(entry('many'));
    }).toThrow(/4 schemas and answers of this key/);
    queue.enter(entry('one'));
    for (const owner of ['b', 'c', 'd', 'e', 'f']) queue.enter(entry(owner));
    expect(() => {
      queue.enter(entry('g'));
    }).toThrow(/Too many schemas/);
  });

  it('are all served once or have left, whatever comes in which order', () => {
    const act = fc.record({
      do: fc.constantFrom('enter', 'take', 'leave', 'done'),
      owner: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const queue = openFairQueue<Entry>({ waitingOfOne: 60, waitingOfAll: 60 });
        const waiting = new Set<Entry>();
        const working = new Set<string>();
        const take = (): boolean => {
          const next = queue.take();
          if (!next) return false;
          expect(waiting.delete(next)).toBe(true);
          expect(working.has(next.owner)).toBe(false);
          working.add(next.owner);
          return true;
        };
        const finish = (owner: string): void => {
          working.delete(owner);
          queue.done(owner);
        };
        for (const [at, { do: what, owner }] of acts.entries()) {
          const made = entry(owner, at);
          if (what === 'enter') {
            queue.enter(made);
            waiting.add(made);
          } else if (what === 'leave') {
            const [first = made] = waiting;
            queue.leave(first);
            waiting.delete(first);
          } else if (what === 'take') take();
          else finish(owner);
        }
        for (const owner of ['a', 'b', 'c']) finish(owner);
        while (take()) for (const owner of [...working]) finish(owner);
        expect(waiting.size).toBe(0);
      }),
      { numRuns: runs(100) },
    );
  });
});
