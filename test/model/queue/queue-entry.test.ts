import { describe, expect, it } from 'vitest';
import { problem } from '../../../src/errors/problem.ts';
import { buildQueue } from '../../../src/model/queue/queue.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue/settings.ts';
import { askOf, overloaded, Room, T } from './room.ts';

describe('who waits', () => {
  it('can go: the reason of its signal is the answer, and the others move up', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    const running = await room.start();
    const [first, second] = [room.come(), room.come()];
    expect(first.listeners).toBe(1);
    const reason = new Error('gone');
    first.gone.abort(reason);
    await room.time.runUntil(T);
    expect(first.error).toBe(reason);
    expect(second.positions).toEqual([2, 1]);
    expect(room.queue.status().waiting).toBe(1);
    running.leave();
    await room.time.runUntil(T);
    expect([first.slot, second.slot].map(Boolean)).toEqual([false, true]);
    expect([first.listeners, second.listeners]).toEqual([0, 0]);
  });

  it('is not even let in when it is gone already', async () => {
    const reason = new Error('gone');
    const signal = AbortSignal.abort(reason);
    await expect(new Room().start({ signal })).rejects.toBe(reason);
  });

  it('is turned away by a dismissal, and whoever runs is not', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    await room.start();
    const visitors = [room.come(), room.come({ principal: 'other', startBy: T + 1_000 })];
    const closed = problem('model_unavailable', { detail: 'The breaker opened.' });
    room.queue.dismiss(closed);
    await room.time.runUntil(T);
    for (const { error, listeners } of visitors) {
      expect(error).toBe(closed);
      expect(listeners).toBe(0);
    }
    expect(room.queue.status()).toMatchObject({ running: 1, waiting: 0 });
    expect(room.time.pending).toBe(0);
  });

  it('harms nobody else when it throws at the news of its position', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    const running = await room.start();
    const bad = new Error('listener');
    const thrower = room.come({
      onPosition: () => {
        throw bad;
      },
    });
    const next = room.come();
    await room.time.runUntil(T);
    expect(thrower.error).toBe(bad);
    expect(next.positions).toEqual([1]);
    running.leave();
    await room.time.runUntil(T);
    expect(next.slot).not.toBeNull();
  });

  it('may go away, or end another attempt, at the news of its position', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    const running = await room.start();
    const gone = new AbortController();
    const leaver = room.come({
      signal: gone.signal,
      onPosition: () => {
        gone.abort('bye');
      },
    });
    const ender = room.come({
      onPosition: () => {
        running.leave();
      },
    });
    const last = room.come();
    await room.time.runUntil(T);
    expect(leaver.error).toBe('bye');
    expect(ender.slot).not.toBeNull();
    expect(last.positions.at(-1)).toBe(1);
  });

  it('hears of no position once it has gone', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    const running = await room.start();
    const gone = new AbortController();
    room.come();
    room.come({
      onPosition: (position) => {
        if (position === 1) gone.abort();
      },
    });
    const last: number[] = [];
    room.come({ signal: gone.signal, onPosition: (position) => void last.push(position) });
    running.leave();
    await room.time.runUntil(T);
    expect(last).toEqual([3]);
  });

  it('waits on a timer that does not keep the process alive', async () => {
    const queue = buildQueue(
      'claude-x',
      { ...QUEUE_DEFAULTS, untilLimitsKnown: 1 },
      { now: Date.now },
    );
    await queue.enter(askOf({}));
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const waiting = queue.enter(askOf({ startBy: Date.now() + 30 }));
    expect(timers()).toBe(before);
    await expect(waiting).rejects.toMatchObject(overloaded({}));
  });
});
