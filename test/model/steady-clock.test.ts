import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildSteadyClock } from '../../src/model/steady-clock.ts';

it('goes on where a clock that was set back had been', () => {
  let wall = 10_000_000;
  const clock = buildSteadyClock(() => wall);
  expect(clock.now()).toBe(10_000_000);
  wall -= 3_600_000;
  expect(clock.now()).toBe(10_000_000);
  wall += 250;
  expect(clock.now()).toBe(10_000_250);
  // In the words of the clock as people see it now.
  expect(clock.toWall(10_000_250)).toBe(wall);
});

it('never goes back, and never loses time that was seen to pass', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10_000, max: 10_000 })), (steps) => {
      let wall = 0;
      const clock = buildSteadyClock(() => wall);
      let last = clock.now();
      for (const step of steps) {
        wall += step;
        const now = clock.now();
        expect(now - last).toBe(Math.max(0, step));
        last = now;
      }
    }),
  );
});
