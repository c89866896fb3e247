import { once } from 'node:events';
import { startThread } from '../core/call/start-thread.ts';
import type { SimulatorOptions } from '../simulator/server.ts';

/** A simulator that runs beside the event loop. */
export interface SimulatorThread {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The simulator does as much with a text as a small model would: dozens of rules read it. In a thread
 * of its own no text that they are slow on holds up anybody but other simulated calls.
 * @throws Error when it does not start
 */
export async function openSimulator(
  options: Omit<SimulatorOptions, 'now'> = {},
): Promise<SimulatorThread> {
  const worker = startThread('../simulator/thread', import.meta.url, { workerData: options });
  // A process that waits for it has something to do.
  worker.ref();
  const [url] = (await once(worker, 'message')) as [string];
  worker.unref();
  // It ends with whatever broke it; calls that come then are told that nobody listens.
  worker.on('error', () => undefined);
  return {
    url,
    close: async () => {
      await worker.terminate();
    },
  };
}
