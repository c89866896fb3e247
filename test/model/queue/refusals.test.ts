import { describe, expect, it } from 'vitest';
import type { RateLimits } from '../../../src/model/provider.ts';
import { overloaded, Room, T, text } from './room.ts';

describe('a call that cannot be served in time', () => {
  it('is refused at once, with the time at which a place is expected', async () => {
    const room = new Room();
    await room.show(room.requests(60, 0));
    const visitors = Array.from({ length: 12 }, () => room.come({ startBy: T + 10_000 }));
    await room.time.runUntil(T);
    expect(visitors.filter(({ error }) => error !== null)).toHaveLength(2);
    expect(visitors[10]?.positions).toEqual([]);
    expect(visitors[10]?.error).toMatchObject(
      overloaded({
        retryAfterMs: 11_000,
        detail: text(/position 11 of the queue of claude-x .* 11\.0 s/),
      }),
    );
  });

  it('is refused by how long attempts usually take, once that is known', async () => {
    const room = new Room({ concurrency: 2 });
    const first = await room.start();
    first.limitsReceived({});
    await room.time.runUntil(T + 4_000);
    first.leave();
    await Promise.all([room.start(), room.start()]);
    const near = room.come({ startBy: room.time.now + 3_000 });
    const far = room.come({ startBy: room.time.now + 3_000 });
    await room.time.runUntil(room.time.now);
    expect(near.positions).toEqual([1]);
    expect(far.error).toMatchObject(overloaded({ retryAfterMs: 4_000 }));
  });

  it('is refused as soon as a 429 makes it hopeless, not when its time is up', async () => {
    const room = new Room({ concurrency: 1 });
    await room.show({});
    const running = await room.start();
    const [brief, patient] = [room.come({ startBy: T + 5_000 }), room.come()];
    running.refused(20_000);
    await room.time.runUntil(T);
    expect(brief.error).toMatchObject(overloaded({ retryAfterMs: 20_000 }));
    expect(patient.positions).toEqual([2, 1]);
    running.leave();
    await room.time.runUntil(T + 19_999);
    expect(patient.slot).toBeNull();
    expect(room.queue.status().pausedUntil).toBe(T + 20_000);
    await room.time.runUntil(T + 20_000);
    expect(patient.slot).not.toBeNull();
  });

  it('is refused when its time is up, where nothing foretold it', async () => {
    const room = new Room({ untilLimitsKnown: 1 });
    await room.start();
    const [visitor, next] = [room.come({ startBy: T + 5_000 }), room.come()];
    await room.time.runUntil(T + 4_999);
    expect(visitor.error).toBeNull();
    await room.time.runUntil(T + 5_000);
    expect(visitor.error).toMatchObject(overloaded({ detail: text(/no place is in sight/) }));
    expect(next.positions).toEqual([2, 1]);
    expect([visitor.listeners, room.time.pending]).toEqual([0, 0]);
  });

  it('is refused though there is room, when it came too late to start at all', async () => {
    const room = new Room();
    await expect(room.start({ startBy: T - 1 })).rejects.toMatchObject(overloaded({}));
  });

  it('is refused when the queue is full', async () => {
    const room = new Room({ untilLimitsKnown: 1, longest: 2 });
    await room.start();
    const waiting = [room.come(), room.come()];
    await expect(room.start()).rejects.toMatchObject(
      overloaded({ detail: text(/queue of claude-x is full: .* position 3/) }),
    );
    expect(waiting.map(({ error }) => error)).toEqual([null, null]);
  });

  it('makes room for those behind it that can start', async () => {
    const room = new Room();
    const input = (remaining: number): RateLimits => {
      const limit = 60_001;
      return { inputTokens: { limit, remaining, fullAt: T + limit - remaining } };
    };
    await room.show(input(30_001));
    const running = await room.start();
    const whale = room.come({ inputTokens: 1e6, startBy: T + 35_000 });
    const small = room.come({ inputTokens: 1 });
    await room.time.runUntil(T);
    expect([whale.error, small.slot]).toEqual([null, null]);
    running.limitsReceived(input(20_001));
    await room.time.runUntil(T);
    expect(whale.error).toMatchObject(overloaded({}));
    expect(small.slot).not.toBeNull();
  });
});

describe('a 429', () => {
  it('that does not say for how long stops everybody for a second', async () => {
    const room = new Room();
    const slot = await room.start();
    slot.refused(null);
    slot.leave();
    const visitor = room.come();
    await room.time.runUntil(T + 999);
    expect(visitor.slot).toBeNull();
    await room.time.runUntil(T + 1_000);
    expect(visitor.slot).not.toBeNull();
  });

  it('never shortens a pause, and an absurd one ends after a minute', async () => {
    const room = new Room();
    const slot = await room.start();
    slot.refused(1e12);
    slot.refused(5);
    expect(room.queue.status().pausedUntil).toBe(T + 60_000);
  });
});
