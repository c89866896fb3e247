import type { ResourceLimits, Worker } from 'node:worker_threads';
import { startThread } from '../start-thread.ts';
import type { Job, CheckMessage, Verdict } from './messages.ts';

/** Limits of one job. */
export interface JobLimits {
  /** Of time at work, milliseconds. */
  workMs: number;
  /** By the clock on the wall, however busy the machine is, milliseconds. */
  wallMs: number;
  heapMb: number;
}

/** End of a job: by a verdict, or because it took too much; the thread is gone then. */
export type CheckEnd = Verdict | { out: 'time' | 'memory' };

export interface CheckThread {
  /** Whether it has done any job: what others left in its memory may be why another one is too much. */
  isUsed(): boolean;
  /** One job at a time. @throws Error when the thread failed; it is gone then */
  run(job: Job): Promise<CheckEnd>;
  close(): Promise<void>;
}

/**
 * A thread of little memory that is ended where a job takes too much time.
 * @param onGone it has ended, whatever the reason
 */
export function openCheckThread(
  { heapMb, ...limits }: JobLimits,
  onGone: (thread: CheckThread) => void,
): CheckThread {
  const worker = startThread('check-worker', import.meta.url, {
    resourceLimits: resourcesOf(heapMb),
  });
  const seat = openSeat(worker, limits);
  let jobs = 0;
  const thread: CheckThread = {
    isUsed: () => jobs > 1,
    run(job) {
      jobs += 1;
      return seat.take(job);
    },
    async close() {
      await worker.terminate();
    },
  };
  worker.on('error', (error) => {
    seat.fail(error);
  });
  worker.on('exit', () => {
    onGone(thread);
    seat.fail(new Error('a thread that checks has ended'));
  });
  worker.on('message', (said: CheckMessage) => {
    if (said === 'ready') seat.open();
    else if ('failure' in said) seat.fail(new Error(`a check failed: ${said.failure}`));
    else seat.settle(said);
  });
  return thread;
}

interface Running {
  job: Job;
  resolve: (ended: CheckEnd) => void;
  reject: (error: Error) => void;
}

/** The one job that a thread does; it waits until the thread is loaded, which is not its own time. */
function openSeat(worker: Worker, limits: Omit<JobLimits, 'heapMb'>) {
  let isOpen = false;
  let running: Running | null = null;
  let stopWatch: () => void = () => undefined;

  const leave = (): Running | null => {
    stopWatch();
    const left = running;
    running = null;
    // Nobody stays for a thread that has nothing to do.
    worker.unref();
    return left;
  };
  const begin = ({ job }: Running): void => {
    stopWatch = watchTime(limits, () => {
      leave()?.resolve({ out: 'time' });
      void worker.terminate();
    });
    worker.postMessage(job);
  };
  return {
    open(): void {
      isOpen = true;
      if (running) begin(running);
    },
    take: (job: Job): Promise<CheckEnd> =>
      new Promise((resolve, reject) => {
        running = { job, resolve, reject };
        worker.ref();
        if (isOpen) begin(running);
      }),
    settle(verdict: Verdict): void {
      leave()?.resolve(verdict);
    },
    fail(error: Error): void {
      const isMemory = (error as NodeJS.ErrnoException).code === OUT_OF_MEMORY;
      if (isMemory) leave()?.resolve({ out: 'memory' });
      else leave()?.reject(error);
    },
  };
}

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

const resourcesOf = (heapMb: number): ResourceLimits => ({
  maxOldGenerationSizeMb: heapMb,
  maxYoungGenerationSizeMb: Math.max(1, Math.ceil(heapMb / 8)),
});

/**
 * Calls `onOut` when so much time was at work. The clock on the wall alone would refuse on a busy machine
 * what is quick: as long as the whole process has not worked that long, this thread has not either.
 */
function watchTime({ workMs, wallMs }: Omit<JobLimits, 'heapMb'>, onOut: () => void): () => void {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const { user, system } = process.cpuUsage(before);
    const workedMs = (user + system) / 1_000;
    const leftMs = Math.min(workMs - workedMs, wallMs - (performance.now() - startedAt));
    if (leftMs <= 0) onOut();
    else timer = setTimeout(look, Math.max(10, leftMs));
  };
  timer = setTimeout(look, Math.min(workMs, wallMs));
  return () => {
    clearTimeout(timer);
  };
}
