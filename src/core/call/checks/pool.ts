import {
  openCheckThread,
  type CheckThread,
  type CheckEnd,
  type JobLimits,
} from './check-thread.ts';
import { openFairQueue, type QueueLimits } from './fair-queue.ts';
import type { Job } from './messages.ts';

/** Owner of the work: each has its turn. */
export interface Asker {
  /** Id of the principal. */
  owner: string;
  /** Aborts when nobody waits for it any more. */
  signal?: AbortSignal | undefined;
}

export interface PoolLimits extends JobLimits, QueueLimits {
  threads: number;
}

/** Threads that do jobs of many owners, fairly. */
export interface CheckPool {
  /**
   * @throws ProblemError checks_busy when too much waits already; what the signal of the asker says; Error
   * when a thread failed
   */
  run(job: Job, asker: Asker): Promise<CheckEnd>;
  close(): Promise<void>;
}

interface WaitingJob {
  job: Job;
  owner: string;
  begin: (ended: Promise<CheckEnd>) => void;
}

/**
 * No thread is started before the first job. Owners take turns, and none has two threads at once: one with
 * many slow jobs waits for itself, the others for at most one of its jobs.
 */
export function openPool(limits: PoolLimits): CheckPool {
  const queue = openFairQueue<WaitingJob>(limits);
  const threads = openThreads(limits);
  let isClosed = false;

  const next = (): void => {
    const waiting = threads.areFree() ? queue.take() : null;
    if (!waiting) return;
    const ended = threads.run(waiting.job);
    waiting.begin(ended);
    const goOn = (): void => {
      queue.done(waiting.owner);
      next();
    };
    void ended.then(goOn, goOn);
    next();
  };
  return {
    async run(job, { owner, signal }) {
      if (isClosed) throw new Error('the checks are closed');
      return new Promise((resolve, reject) => {
        const waiting: WaitingJob = { job, owner, begin: resolve };
        queue.enter(waiting);
        // A job nobody waits for any more leaves the queue; what runs is bounded.
        whenAborted(signal, (reason) => {
          queue.leave(waiting);
          reject(reason);
        });
        next();
      });
    },
    async close() {
      isClosed = true;
      await threads.close();
    },
  };
}

function whenAborted(signal: AbortSignal | undefined, act: (reason: Error) => void): void {
  if (!signal) return;
  const abort = (): void => {
    act(signal.reason as Error);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}

function openThreads(limits: PoolLimits) {
  const all = new Set<CheckThread>();
  const idle = new Set<CheckThread>();

  const open = (): CheckThread => {
    const thread = openCheckThread(limits, forget);
    all.add(thread);
    return thread;
  };
  const forget = (thread: CheckThread): void => {
    all.delete(thread);
    idle.delete(thread);
  };
  const take = (): CheckThread => {
    const [thread = open()] = idle;
    idle.delete(thread);
    return thread;
  };
  const runIn = async (thread: CheckThread, job: Job): Promise<CheckEnd> => {
    let ended: CheckEnd | null = null;
    try {
      ended = await thread.run(job);
    } finally {
      if (ended === null || 'out' in ended) {
        forget(thread);
        void thread.close();
      } else idle.add(thread);
    }
    // One that others have filled may have no room for what a new one can do.
    const isAgain = 'out' in ended && ended.out === 'memory' && thread.isUsed();
    return isAgain ? runIn(open(), job) : ended;
  };
  return {
    areFree: () => idle.size > 0 || all.size < limits.threads,
    run: (job: Job): Promise<CheckEnd> => runIn(take(), job),
    async close(): Promise<void> {
      await Promise.all([...all].map((thread) => thread.close()));
    },
  };
}
