import { describe, expect, it } from 'vitest';
import { buildQueues } from '../../../src/model/queue/queues.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue/settings.ts';
import { SimulatedTime } from './simulated-time.ts';
import { Room, T } from './room.ts';

describe('a place', () => {
  it('is there at once when nobody waits, without a timer or a listener', async () => {
    const room = new Room();
    const visitor = room.come();
    expect(visitor.listeners).toBe(0);
    await room.time.runUntil(T);
    expect(visitor.slot).not.toBeNull();
    expect(visitor.positions).toEqual([]);
    expect(room.time.pending).toBe(0);
    expect(room.queue.status()).toEqual({
      running: 1,
      waiting: 0,
      limits: 'unknown',
      pausedUntil: null,
    });
  });

  it('is not given to more than may run at once', async () => {
    const room = new Room({ concurrency: 2 });
    await room.show({});
    const visitors = [room.come(), room.come(), room.come(), room.come()];
    await room.time.runUntil(T);
    expect(visitors.map(({ slot }) => slot !== null)).toEqual([true, true, false, false]);
    expect(visitors[3]?.positions).toEqual([2]);
    visitors[0]?.slot?.leave();
    visitors[0]?.slot?.leave();
    await room.time.runUntil(T);
    expect(visitors.map(({ slot }) => slot !== null)).toEqual([true, true, true, false]);
    expect(visitors[3]?.positions).toEqual([2, 1]);
    expect(room.queue.status()).toMatchObject({ running: 2, waiting: 1 });
  });

  it('is given to few until the provider has answered, whoever leaves without an answer', async () => {
    const room = new Room({ untilLimitsKnown: 2 });
    const [first, second, third, fourth] = [room.come(), room.come(), room.come(), room.come()];
    await room.time.runUntil(T);
    expect([first.slot, second.slot, third.slot].map(Boolean)).toEqual([true, true, false]);
    first.slot?.leave();
    await room.time.runUntil(T);
    expect([third.slot, fourth.slot].map(Boolean)).toEqual([true, false]);
    second.slot?.limitsReceived({});
    await room.time.runUntil(T);
    expect(fourth.slot).not.toBeNull();
    expect(room.queue.status().limits).toBe('none');
  });

  it('is given when the bucket has refilled, by the only timer', async () => {
    const room = new Room();
    await room.show(room.requests(60, 1));
    const visitors = [room.come(), room.come(), room.come()];
    await room.time.runUntil(T + 999);
    expect(visitors.map(({ slot }) => slot !== null)).toEqual([true, false, false]);
    expect(room.time.pending).toBe(1);
    await room.time.runUntil(T + 1_001);
    expect(visitors.map(({ slot }) => slot !== null)).toEqual([true, true, false]);
  });

  it('is not had by overtaking: who comes waits behind who waits', async () => {
    const room = new Room();
    await room.show({
      inputTokens: { limit: 60_001, remaining: 30_001, fullAt: T + 30_000 },
    });
    const [large, small] = [room.come({ inputTokens: 31_001 }), room.come({ inputTokens: 1 })];
    await room.time.runUntil(T);
    expect([large.slot, small.slot]).toEqual([null, null]);
    large.gone.abort();
    await room.time.runUntil(T);
    expect(small.slot).not.toBeNull();
  });

  it('is given for a prompt that is larger than the bucket, once that is full', async () => {
    const room = new Room();
    await room.show({ inputTokens: { limit: 60_001, remaining: 30_001, fullAt: T + 30_000 } });
    const whale = room.come({ inputTokens: 1e6 });
    await room.time.runUntil(T + 29_000);
    expect(whale.slot).toBeNull();
    await room.time.runUntil(T + 31_000);
    expect(whale.slot).not.toBeNull();
  });

  it('needs an output bucket that is not used up, with what running attempts will write', async () => {
    const room = new Room();
    await room.show({ outputTokens: { limit: 6_001, remaining: 6_001, fullAt: T } });
    await room.start({ outputTokens: 4_000 });
    const writer = await room.start({ outputTokens: 4_000 });
    const visitor = room.come({ outputTokens: 1 });
    await room.time.runUntil(T + 60_000);
    expect(visitor.slot).toBeNull();
    writer.unsent();
    writer.leave();
    await room.time.runUntil(room.time.now);
    expect(visitor.slot).not.toBeNull();
  });

  it('comes sooner when the prompt before was smaller than expected', async () => {
    const room = new Room();
    await room.show({ inputTokens: { limit: 60_001, remaining: 60_001, fullAt: T } });
    const first = await room.start({ inputTokens: 60_000 });
    const second = room.come({ inputTokens: 30_000 });
    await room.time.runUntil(T);
    expect(second.slot).toBeNull();
    first.counted(20_000);
    await room.time.runUntil(T);
    expect(second.slot).not.toBeNull();
  });

  it('goes round among principals', async () => {
    const room = new Room({ concurrency: 1 });
    await room.show({});
    const running = await room.start();
    const greedy = Array.from({ length: 500 }, () => room.come({ principal: 'greedy' }));
    const modest = room.come({ principal: 'modest' });
    expect(modest.positions).toEqual([2]);
    running.leave();
    await room.time.runUntil(T);
    greedy[0]?.slot?.leave();
    await room.time.runUntil(T);
    expect(modest.slot).not.toBeNull();
  });
});

describe('what the headers tell', () => {
  it('is not forgotten for an answer that tells nothing', async () => {
    const room = new Room();
    await room.show(room.requests(60, 30));
    await room.show({});
    expect(room.queue.status().limits).toEqual({
      requests: { limit: 60, remaining: 29, fullAt: T + 31_000 },
    });
  });

  it('counts once, and not after the end', async () => {
    const room = new Room();
    await room.show(room.requests(60, 30));
    const slot = await room.start();
    slot.leave();
    slot.limitsReceived(room.requests(60, 50));
    slot.counted(1);
    expect(room.queue.status().limits).toMatchObject({ requests: { remaining: 29 } });
  });

  it('costs an attempt its request when it ends without headers, but not when it was never sent', async () => {
    const room = new Room();
    await room.show(room.requests(60, 30));
    const unheard = await room.start();
    unheard.leave();
    const unsent = await room.start();
    unsent.unsent();
    unsent.leave();
    expect(room.queue.status().limits).toMatchObject({ requests: { remaining: 29 } });
  });
});

describe('the queues', () => {
  it('are one per model', () => {
    const queues = buildQueues(QUEUE_DEFAULTS, new SimulatedTime(T).clock);
    expect(queues.of('a')).toBe(queues.of('a'));
    expect(queues.of('b')).not.toBe(queues.of('a'));
    const idle = { running: 0, waiting: 0, limits: 'unknown', pausedUntil: null };
    expect(queues.statuses()).toEqual([
      { model: 'a', ...idle },
      { model: 'b', ...idle },
    ]);
  });
});
