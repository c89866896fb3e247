/** Work that nobody waits for: a few at a time, and no more than may wait. */
export interface Background {
  run(task: () => Promise<void>): void;
  /** Gives up what waits; settles when nothing runs any more, or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

const AT_ONCE = 4;
const MOST_WAITING = 100;

export function buildBackground(onError: (error: unknown) => void): Background {
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  let isStopped = false;

  const next = (): void => {
    const task = running.size < AT_ONCE ? waiting.shift() : undefined;
    if (!task) return;
    const done = task()
      .catch(onError)
      .finally(() => {
        running.delete(done);
        next();
      });
    running.add(done);
  };

  return {
    run(task) {
      if (isStopped || waiting.length >= MOST_WAITING) return;
      waiting.push(task);
      next();
    },
    async stop(limitMs) {
      isStopped = true;
      waiting.length = 0;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs);
      });
      await Promise.race([Promise.all(running), late]);
      clearTimeout(timer);
    },
  };
}
