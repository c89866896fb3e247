import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TimeLimits } from '../../src/core/call/time-limits.ts';
import { problem, type ProblemError } from '../../src/errors/problem.ts';
import { watchAttempt, type Watchdog } from '../../src/model/time-limits.ts';

const LIMITS: TimeLimits = { connectMs: 100, firstTokenMs: 1_000, idleMs: 300, totalMs: 5_000 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

function watch(over: { leftMs?: number; signal?: AbortSignal; limits?: TimeLimits } = {}) {
  const { leftMs = Infinity, signal = new AbortController().signal, limits = LIMITS } = over;
  return watchAttempt({ model: 'claude-haiku-5-5', limits, signal, leftMs });
}

/** Timers are numbered as they are made; this makes one to see how far that is. */
const madeSoFar = (): number => {
  const timer = setTimeout(() => undefined, 0);
  clearTimeout(timer);
  return Number(timer);
};

const reasonOf = ({ signal }: Watchdog): ProblemError => signal.reason as ProblemError;

describe('a limit of an attempt', () => {
  it.each([
    ['a connection', LIMITS.connectMs, 'no connection', () => undefined],
    [
      'the first token',
      LIMITS.firstTokenMs,
      'no first token',
      (watchdog: Watchdog) => {
        watchdog.waitFor('firstToken');
      },
    ],
    [
      'the next token',
      LIMITS.idleMs,
      'no further token',
      (watchdog: Watchdog) => {
        watchdog.waitFor('idle');
      },
    ],
    [
      'the end',
      LIMITS.totalMs,
      'no end',
      (watchdog: Watchdog) => {
        watchdog.waitFor('nothing');
      },
    ],
  ])('on %s aborts it when it is passed, not before, and says so', (...[, ms, words, wait]) => {
    const watchdog = watch();
    wait(watchdog);
    vi.advanceTimersByTime(ms - 1);
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(reasonOf(watchdog).code).toBe('model_timeout');
    expect(reasonOf(watchdog).message).toContain(
      `claude-haiku-5-5 was too slow: ${words} ${words === 'no connection' ? 'to it ' : ''}within ${String(ms / 1000)} s`,
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts from when it is waited for: what came before has its own', () => {
    const watchdog = watch();
    vi.advanceTimersByTime(99);
    watchdog.waitFor('firstToken');
    vi.advanceTimersByTime(999);
    watchdog.waitFor('idle');
    vi.advanceTimersByTime(299);
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(watchdog.signal.aborted).toBe(true);
  });

  it('on tokens starts anew with each', () => {
    const watchdog = watch();
    for (let tokens = 0; tokens < 15; tokens += 1) {
      watchdog.waitFor('idle');
      vi.advanceTimersByTime(LIMITS.idleMs - 1);
    }
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(reasonOf(watchdog).message).toContain('no further token');
  });

  it('makes no new timer for a token', () => {
    const watchdog = watch();
    watchdog.waitFor('idle');
    const before = madeSoFar();
    for (let tokens = 0; tokens < 100; tokens += 1) watchdog.waitFor('idle');
    expect(madeSoFar()).toBe(before + 1);
    expect(vi.getTimerCount()).toBe(2);
  });

  it('on tokens rests while a reader is behind; the one on the whole does not', () => {
    const watchdog = watch();
    watchdog.waitFor('idle');
    watchdog.waitFor('nothing');
    vi.advanceTimersByTime(LIMITS.totalMs - 1);
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(reasonOf(watchdog).message).toContain('no end');
  });
});

describe('the time of the call', () => {
  it('ends the attempt as deadline_exceeded when it is shorter than the limit on the whole', () => {
    const watchdog = watch({ leftMs: 50 });
    vi.advanceTimersByTime(49);
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(reasonOf(watchdog).code).toBe('deadline_exceeded');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is up already ends it at once', () => {
    const watchdog = watch({ leftMs: -7 });
    vi.advanceTimersByTime(0);
    expect(reasonOf(watchdog).code).toBe('deadline_exceeded');
  });

  it('longer than the limit on the whole changes nothing', () => {
    const watchdog = watch({ leftMs: LIMITS.totalMs });
    watchdog.waitFor('nothing');
    vi.advanceTimersByTime(LIMITS.totalMs);
    expect(reasonOf(watchdog).code).toBe('model_timeout');
  });
});

describe('a caller who leaves', () => {
  it('passes the reason on', () => {
    const controller = new AbortController();
    const watchdog = watch({ signal: controller.signal });
    const reason = problem('cancelled', { detail: 'Gone.' });
    controller.abort(reason);
    expect(watchdog.signal.reason).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('and had left before has the attempt aborted from its beginning', () => {
    const reason = problem('cancelled', { detail: 'Gone.' });
    const watchdog = watch({ signal: AbortSignal.abort(reason) });
    expect(watchdog.signal.reason).toBe(reason);
    watchdog.waitFor('idle');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an attempt that has ended', () => {
  it('leaves no timer and listens to nobody', () => {
    const controller = new AbortController();
    const watchdog = watch({ signal: controller.signal });
    watchdog.waitFor('idle');
    watchdog.stop();
    controller.abort(problem('cancelled', { detail: 'Gone.' }));
    vi.advanceTimersByTime(LIMITS.totalMs);
    expect(watchdog.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('by one limit does not fall to another, nor wait for anything', () => {
    const watchdog = watch();
    vi.advanceTimersByTime(LIMITS.connectMs);
    const first = watchdog.signal.reason as unknown;
    watchdog.waitFor('firstToken');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(LIMITS.totalMs);
    expect(watchdog.signal.reason).toBe(first);
  });
});
