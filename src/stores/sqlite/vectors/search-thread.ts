import type { Worker } from 'node:worker_threads';
import { startThread } from '../../../core/call/start-thread.ts';
import type { SearchQuestion, SearcherReply, ToSearcher } from './messages.ts';
import type { VectorHit } from './vectors.ts';

/** A thread that searches a database file; it is started by the first who asks. */
export interface SearchThread {
  /** @throws Error when it is late, when too many wait already, or when the thread failed */
  ask(question: SearchQuestion, withinMs: number): Promise<VectorHit[]>;
  /** While it does not run it need not be told: it reads at its start. */
  isRunning(): boolean;
  tell(said: ToSearcher): void;
  close(): Promise<void>;
}

const MOST_WAITING = 64;
/** After a thread failed no other is started for so long: what broke it may still be there. */
const REST_MS = 10_000;

/** @param path of the database; the thread reads it by a connection of its own */
export function openSearchThread(path: string): SearchThread {
  const askers = openAskers();
  let worker: Worker | null = null;
  let failure: { error: Error; at: number } | null = null;

  const fail = (error: Error): void => {
    failure = { error, at: performance.now() };
    worker = null;
    askers.rejectAll(error);
  };

  const start = (): Worker => {
    const started = startThread('search-worker', import.meta.url, { workerData: { path } });
    started.on('message', askers.settle);
    started.on('error', fail);
    started.on('exit', () => {
      if (worker === started) fail(new Error('the thread that searches has ended'));
    });
    return started;
  };

  return {
    ask(question, withinMs) {
      if (failure && performance.now() - failure.at < REST_MS) return Promise.reject(failure.error);
      if (askers.count() >= MOST_WAITING)
        return Promise.reject(new Error('too many searches wait already'));
      worker ??= start();
      const { id, hits } = askers.add(withinMs);
      // A view would be sent with all that it is a view of.
      const sent = { ...question, vector: question.vector.slice() };
      const lateAt = Date.now() + withinMs;
      worker.postMessage({ kind: 'ask', id, lateAt, question: sent } satisfies ToSearcher);
      return hits;
    },
    isRunning: () => worker !== null,
    tell(said) {
      worker?.postMessage(said);
    },
    async close() {
      const ending = worker;
      worker = null;
      askers.rejectAll(new Error('the store is closed'));
      await ending?.terminate();
    },
  };
}

/** Those who wait for the thread. */
interface Askers {
  count: () => number;
  /** Rejects when it is late, but keeps its place until it is answered: a thread that is behind must not get more to do. */
  add: (withinMs: number) => { id: number; hits: Promise<VectorHit[]> };
  settle: (told: SearcherReply) => void;
  rejectAll: (error: Error) => void;
}

function openAskers(): Askers {
  const waiting = new Map<
    number,
    { resolve: (hits: VectorHit[]) => void; reject: (error: Error) => void }
  >();
  let last = 0;
  return {
    count: () => waiting.size,
    add(withinMs) {
      last += 1;
      const id = last;
      const hits = new Promise<VectorHit[]>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error('the search is late'));
        }, withinMs);
        waiting.set(id, {
          resolve(found) {
            clearTimeout(timer);
            resolve(found);
          },
          reject(error) {
            clearTimeout(timer);
            reject(error);
          },
        });
      });
      return { id, hits };
    },
    settle(told) {
      const asker = waiting.get(told.id);
      waiting.delete(told.id);
      if ('error' in told) asker?.reject(new Error(told.error));
      else asker?.resolve(told.hits);
    },
    rejectAll(error) {
      for (const asker of waiting.values()) asker.reject(error);
      waiting.clear();
    },
  };
}
