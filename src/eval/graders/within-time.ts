import { createContext, Script } from 'node:vm';

/** Far more than any check of an answer takes that comes to an end. */
const MOST_MS = 300;
const MOST_TRIES = 10;

const room = { work: (): unknown => undefined };
createContext(room);
const script = new Script('work()');

/**
 * Does work that may not come to an end, a regular expression that backtracks for example: nothing else in
 * the process can stop that, not even Ctrl-C.
 * @param work must be synchronous; it may be begun again
 * @returns null where it took too long
 */
export function withinTime<T>(work: () => T, mostMs = MOST_MS): { value: T } | null {
  room.work = work;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = process.cpuUsage();
    try {
      return { value: script.runInContext(room, { timeout: mostMs }) as T };
    } catch (error) {
      // It comes from the other context, whose Error is not ours.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
    // The limit is one of the clock on the wall: on a busy machine the time may have been that of others.
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 >= mostMs / 2) return null;
  }
  return null;
}
