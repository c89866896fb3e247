import type { Clock } from './wake-timer.ts';
import { buildQueue, type Queue, type QueueStatus } from './queue.ts';
import type { QueueSettings } from './settings.ts';

/** The queues of a process, one per model, made when a model is first asked for. */
export interface Queues {
  /** Names come from the configured chains, so they stay few. */
  of(model: string): Queue;
  statuses(): ({ model: string } & QueueStatus)[];
}

export function buildQueues(settings: QueueSettings, clock: Clock): Queues {
  const queues = new Map<string, Queue>();
  return {
    of(model) {
      const queue = queues.get(model) ?? buildQueue(model, settings, clock);
      queues.set(model, queue);
      return queue;
    },
    statuses: () => Array.from(queues, ([model, queue]) => ({ model, ...queue.status() })),
  };
}
