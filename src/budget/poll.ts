/** Work that is done again and again. */
interface Poll {
  /** Once: started again, or after it was stopped, it stays as it is. */
  start(firstAfterMs: number): void;
  stop(): void;
}

/**
 * One run at a time; the next begins as long after the beginning of the last as that says, or at
 * once if it took longer. Its timer keeps no process alive.
 * @param work never rejects; its result is in milliseconds
 */
export function poll(work: () => Promise<number>): Poll {
  let timer: NodeJS.Timeout | null = null;
  let state: 'new' | 'running' | 'stopped' = 'new';

  const waitFor = (ms: number): void => {
    timer = setTimeout(() => void run(), ms).unref();
  };
  const run = async (): Promise<void> => {
    const begun = performance.now();
    const afterMs = await work();
    if (state === 'running') waitFor(Math.max(0, afterMs - (performance.now() - begun)));
  };

  return {
    start(firstAfterMs) {
      if (state !== 'new') return;
      state = 'running';
      waitFor(firstAfterMs);
    },
    stop() {
      state = 'stopped';
      if (timer) clearTimeout(timer);
    },
  };
}
