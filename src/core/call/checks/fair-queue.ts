import { problem } from '../../../errors/problem.ts';

export interface QueueLimits {
  /** Entries that one owner may have waiting, and all together. */
  waitingOfOne: number;
  waitingOfAll: number;
}

/** Jobs waiting, each with an owner. */
export interface CheckQueue<T extends { owner: string }> {
  /** @throws ProblemError checks_busy when too many wait already */
  enter(waiting: T): void;
  /** Goes away without its turn. */
  leave(waiting: T): void;
  /** The next whose turn it is, null where there is none; its owner has no other until it is `done`. */
  take(): T | null;
  done(owner: string): void;
}

/** Owners take turns, and none has two at once: one with many entries waits for itself. */
export function openFairQueue<T extends { owner: string }>(limits: QueueLimits): CheckQueue<T> {
  /** The owner whose turn is next comes first. */
  const owners = new Map<string, T[]>();
  const working = new Set<string>();
  let count = 0;
  const leave = (waiting: T): void => {
    const line = owners.get(waiting.owner) ?? [];
    const rest = line.filter((each) => each !== waiting);
    if (rest.length === line.length) return;
    count -= 1;
    if (rest.length > 0) owners.set(waiting.owner, rest);
    else owners.delete(waiting.owner);
  };
  return {
    leave,
    enter(waiting) {
      const line = owners.get(waiting.owner) ?? [];
      if (line.length >= limits.waitingOfOne || count >= limits.waitingOfAll)
        throw busy(line.length);
      owners.set(waiting.owner, [...line, waiting]);
      count += 1;
    },
    take() {
      for (const [owner, line] of owners) {
        const [first] = line;
        if (first === undefined || working.has(owner)) continue;
        working.add(owner);
        leave(first);
        const rest = owners.get(owner);
        // Behind the others: its turn was now.
        owners.delete(owner);
        if (rest) owners.set(owner, rest);
        return first;
      }
      return null;
    },
    done(owner) {
      working.delete(owner);
    },
  };
}

const RETRY_AFTER_MS = 2_000;

const busy = (own: number) =>
  problem('checks_busy', {
    detail:
      own > 0
        ? `${String(own)} schemas and answers of this key are waiting to be checked already.`
        : 'Too many schemas and answers are waiting to be checked already.',
    retryAfterMs: RETRY_AFTER_MS,
  });
