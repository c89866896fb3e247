import type { Worker } from 'node:worker_threads';
import { startThread } from '../core/call/start-thread.ts';
import { clockMs, openBoard } from './board.ts';
import { rememberHolds } from './holds.ts';
import type { WatchSettings } from './watch-thread.ts';

/** Notices when something holds the event loop, and says what while it is held. */
export interface LoopWatchdog {
  /** A request came in. */
  request(what: string): void;
  /** A call has come so far. */
  layer(what: string): void;
  /** Longest hold of the last minute, milliseconds. */
  longestHoldMs(): number;
  /** Why the loop is not to be relied on; null where it is. */
  trouble(): string | null;
  /** Beats begin, and a thread looks for them. It keeps no process alive. */
  start(): void;
  stop(): Promise<void>;
}

export interface WatchdogSettings {
  /** A hold that is shorter is none, milliseconds. */
  heldMs: number;
  /** After one of this length `/ready` says no for a while, milliseconds. */
  notReadyMs: number;
  /** File descriptor that lines are written to; null: nobody wants them, so no thread looks. */
  logTo: number | null;
}

/** Until it is started it only takes notes. */
export function buildWatchdog({ heldMs, notReadyMs, logTo }: WatchdogSettings): LoopWatchdog {
  const everyMs = Math.max(5, Math.round(heldMs / 4));
  const board = openBoard();
  const holds = rememberHolds({ everyMs, heldMs, notReadyMs });
  let running: { worker: Worker | null; timer: NodeJS.Timeout } | null = null;
  const beat = (): void => {
    const at = clockMs();
    holds.beat(at);
    board.beat(at);
  };
  return {
    request: (what) => {
      board.note('request', what);
    },
    layer: (what) => {
      board.note('layer', what);
    },
    longestHoldMs() {
      if (running) beat();
      return holds.longestMs(clockMs());
    },
    trouble() {
      // The asker may be the first that runs after a hold, before the timer of the next beat.
      if (running) beat();
      return holds.trouble(clockMs());
    },
    start() {
      if (running) return;
      beat();
      const { memory } = board;
      const worker = logTo === null ? null : startWatch({ memory, everyMs, heldMs, logTo });
      running = { worker, timer: setInterval(beat, everyMs).unref() };
    },
    async stop() {
      const ending = running;
      running = null;
      if (!ending) return;
      clearInterval(ending.timer);
      await ending.worker?.terminate();
    },
  };
}

function startWatch(workerData: WatchSettings): Worker {
  const worker = startThread('watch-thread', import.meta.url, { workerData });
  // Without the thread there is no watchdog, which is no reason to end.
  worker.on('error', () => undefined);
  return worker;
}
