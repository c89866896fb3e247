import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildLeaseManager } from '../../src/budget/lease-manager.ts';
import type { Leases } from '../../src/stores/ports/store.ts';

const LEASE_MS = 15_000;
const RENEW_EVERY_MS = 5_000;
const BROKEN = new Error('the database is locked');

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-26T10:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const later = <Value>(ms: number, value: Value): Promise<Value> =>
  new Promise((resolve) => setTimeout(resolve, ms, value));

function fixture(given: Partial<Leases> = {}, random = (): number => 0.5) {
  const leases = {
    renew: vi.fn<Leases['renew']>(given.renew ?? (() => Promise.resolve())),
    sweep: vi.fn<Leases['sweep']>(given.sweep ?? (() => Promise.resolve(0))),
  };
  const said = { errors: [] as unknown[], swept: [] as number[] };
  const leaseManager = buildLeaseManager({
    leases,
    leaseMs: LEASE_MS,
    now: Date.now,
    onError: (error) => said.errors.push(error),
    onSwept: (holds) => said.swept.push(holds),
    random,
  });
  return { keeper: leaseManager, ...leases, ...said };
}

describe('the renewal of leases', () => {
  it('happens three times in the life of one, to a lease from now', async () => {
    const { keeper: leaseManager, renew } = fixture();
    const from = Date.now();
    expect(leaseManager.leaseUntil()).toBe(from + LEASE_MS);
    leaseManager.start();
    await pass(LEASE_MS);
    expect(renew.mock.calls).toEqual([
      [from + RENEW_EVERY_MS + LEASE_MS],
      [from + 2 * RENEW_EVERY_MS + LEASE_MS],
      [from + 3 * RENEW_EVERY_MS + LEASE_MS],
    ]);
    leaseManager.stop();
  });

  it('keeps its rhythm when the store takes its time, and never runs twice at once', async () => {
    let running = 0;
    let most = 0;
    const slow = (ms: number) => async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await later(ms, null);
      running -= 1;
    };
    const steady = fixture({ renew: slow(3_000) });
    steady.keeper.start();
    await pass(4 * RENEW_EVERY_MS);
    expect(steady.renew).toHaveBeenCalledTimes(4);
    steady.keeper.stop();
    await pass(LEASE_MS);
    const late = fixture({ renew: slow(12_000) });
    late.keeper.start();
    await pass(RENEW_EVERY_MS + 25_000);
    expect(late.renew).toHaveBeenCalledTimes(3);
    late.keeper.stop();
    expect(most).toBe(1);
  });

  it('that fails is reported, and tried again soon enough for the lease', async () => {
    let failures = 2;
    const {
      keeper: leaseManager,
      renew,
      errors,
    } = fixture({
      renew: () => (failures-- > 0 ? Promise.reject(BROKEN) : Promise.resolve()),
    });
    leaseManager.start();
    await pass(RENEW_EVERY_MS + 2 * (LEASE_MS / 15));
    expect(errors).toEqual([BROKEN, BROKEN]);
    expect(renew).toHaveBeenCalledTimes(3);
    await pass(RENEW_EVERY_MS);
    expect(renew).toHaveBeenCalledTimes(4);
    leaseManager.stop();
  });

  it('ends with stop, also one that is under way, and starting twice is starting once', async () => {
    const { keeper: leaseManager, renew } = fixture({ renew: () => later(1_000, undefined) });
    leaseManager.start();
    leaseManager.start();
    await pass(RENEW_EVERY_MS + 500);
    expect(renew).toHaveBeenCalledTimes(1);
    leaseManager.stop();
    await pass(10 * LEASE_MS);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps no process alive', () => {
    vi.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const { keeper: leaseManager } = fixture();
    leaseManager.start();
    const after = process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    expect(after).toBe(before);
    leaseManager.stop();
  });
});

describe('sweeping', () => {
  it('happens about as often as renewing, never at the same beat in two processes', async () => {
    const sweepsAt = async (random: number): Promise<number[]> => {
      const at: number[] = [];
      const from = Date.now();
      const sweep = (): Promise<number> => {
        at.push(Date.now() - from);
        return Promise.resolve(0);
      };
      const { keeper: leaseManager } = fixture({ sweep }, () => random);
      leaseManager.start();
      await pass(13_000);
      leaseManager.stop();
      return at;
    };
    expect(await sweepsAt(0)).toEqual([0, 3_750, 7_500, 11_250]);
    expect(await sweepsAt(0.5)).toEqual([2_500, 7_500, 12_500]);
  });

  it('says what it settled, and says nothing of nothing', async () => {
    const results = [0, 3];
    const {
      keeper: leaseManager,
      sweep,
      swept,
    } = fixture({ sweep: () => Promise.resolve(results.shift() ?? 0) });
    expect(await leaseManager.sweep()).toBe(0);
    await pass(250);
    expect(await leaseManager.sweep()).toBe(3);
    expect(swept).toEqual([3]);
    expect(sweep).toHaveBeenLastCalledWith(Date.now());
  });

  it('is shared by all who ask while it runs and a quarter of a second after', async () => {
    const { keeper: leaseManager, sweep, swept } = fixture({ sweep: () => later(100, 2) });
    const asked = Promise.all([leaseManager.sweep(), leaseManager.sweep(), leaseManager.sweep()]);
    await pass(100);
    expect(await asked).toEqual([2, 2, 2]);
    await pass(249);
    expect(await leaseManager.sweep()).toBe(2);
    expect(sweep).toHaveBeenCalledTimes(1);
    expect(swept).toEqual([2]);
    await pass(1);
    void leaseManager.sweep();
    expect(sweep).toHaveBeenCalledTimes(2);
    await pass(100);
  });

  it('that fails is reported, refuses nobody, and is tried again', async () => {
    let failures = 1;
    const { keeper: leaseManager, errors } = fixture({
      sweep: () => (failures-- > 0 ? Promise.reject(BROKEN) : Promise.resolve(1)),
    });
    expect(await leaseManager.sweep()).toBe(0);
    expect(errors).toEqual([BROKEN]);
    await pass(250);
    expect(await leaseManager.sweep()).toBe(1);
  });
});

describe('a clock that is set', () => {
  const HOUR_MS = 3_600_000;
  /** A wall clock that may be set, and one that nobody sets. */
  function clocks() {
    const time = { wall: Date.parse('2026-11-26T10:00:00Z'), monotonic: 0 };
    const sweep = vi.fn<Leases['sweep']>(() => Promise.resolve(1));
    const leaseManager = buildLeaseManager({
      leases: { renew: () => Promise.resolve(), sweep },
      leaseMs: LEASE_MS,
      now: () => time.wall,
      monotonic: () => time.monotonic,
      onError: () => undefined,
      onSwept: () => undefined,
    });
    const go = (ms: number): void => {
      time.wall += ms;
      time.monotonic += ms;
    };
    return { time, sweep, keeper: leaseManager, go };
  }

  it('forward sweeps nothing until living processes have renewed their leases', async () => {
    const { time, sweep, keeper: leaseManager, go } = clocks();
    expect(await leaseManager.sweep()).toBe(1);
    go(1_000);
    time.wall += HOUR_MS;
    expect(await leaseManager.sweep()).toBe(0);
    go(LEASE_MS - 1_000);
    expect(await leaseManager.sweep()).toBe(0);
    expect(sweep).toHaveBeenCalledTimes(1);
    go(1_000);
    expect(await leaseManager.sweep()).toBe(1);
  });

  it('back, by a little forward, or slowly, sweeps on', async () => {
    const { time, keeper: leaseManager, go } = clocks();
    for (const step of [-HOUR_MS, RENEW_EVERY_MS, 10, 10]) {
      time.wall += step;
      go(1_000);
      expect(await leaseManager.sweep()).toBe(1);
    }
  });
});
