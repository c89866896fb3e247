/** The watchdog's thread. It writes to the log's file itself: the main thread, which is held, cannot. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { clockMs, openBoard } from './board.ts';
import { askMainStack } from './main-stack.ts';
import { openWatch } from './watch.ts';

/** Start settings of the thread. */
export interface WatchSettings {
  memory: SharedArrayBuffer;
  everyMs: number;
  heldMs: number;
  /** File descriptor of the log. */
  logTo: number;
}

const WARN = 40;
/** A main thread in the middle of its own code says where it is by then. */
const STACK_WITHIN_MS = 250;
/** Asking stops the main thread for some 50 ms. */
const STACK_EVERY_MS = 5_000;

const { memory, everyMs, heldMs, logTo } = workerData as WatchSettings;
const board = openBoard(memory);
const watch = openWatch(heldMs);

interface LoopHold {
  /** Of the line that says so; null once it is written. */
  line: NodeJS.Timeout | null;
  stack: string[] | null;
  endAsking: () => void;
}

let hold: LoopHold | null = null;
let askedAt = -Infinity;

function write(msg: string, ms: number, stack: string[] | null): void {
  const line = {
    level: WARN,
    time: Date.now(),
    held_ms: Math.round(ms),
    last_request: board.noted('request'),
    last_layer: board.noted('layer'),
    ...(stack && { stack }),
    msg,
  };
  try {
    writeSync(logTo, `${JSON.stringify(line)}\n`);
  } catch {
    // A log that is full or gone must not end the watchdog: the next line may get through.
  }
}

const isHeld = (since: number): boolean => board.beatAt() === since;

function begin(ms: number): void {
  const since = board.beatAt();
  const say = (): void => {
    if (begun.line) clearTimeout(begun.line);
    begun.line = null;
    write('the event loop is held', isHeld(since) ? clockMs() - since : ms, begun.stack);
  };
  const begun: LoopHold = { line: setTimeout(say, STACK_WITHIN_MS), stack: null, endAsking: noop };
  hold = begun;
  if (clockMs() - askedAt < STACK_EVERY_MS) return;
  askedAt = clockMs();
  begun.endAsking = askMainStack((stack) => {
    // After the hold it would be somebody else's.
    if (!isHeld(since)) return;
    begun.stack = stack;
    if (begun.line) say();
    else write('where the event loop is held', clockMs() - since, stack);
  });
}

const noop = (): void => undefined;

function end(ms: number): void {
  if (hold?.line) clearTimeout(hold.line);
  hold?.endAsking();
  hold = null;
  write('the event loop turns again', ms, null);
}

// The main thread ends it; nothing else keeps the process.
setInterval(() => {
  const seen = watch.look(clockMs(), board.beatAt());
  if (seen?.kind === 'held') begin(seen.heldMs);
  if (seen?.kind === 'released') end(seen.heldMs);
}, everyMs);
