import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import type { Hit, Vectors } from './vectors.ts';

interface Asked {
  scope: string;
  index: string;
  vector: Float32Array;
  limit: number;
  now: number;
  withinMs: number;
}

export interface Search {
  /** @throws Error when it is late, or when too many wait already */
  nearest(asked: Asked): Promise<Hit[]>;
  /** Whether every entry of the scope is known to have its vector. */
  isComplete(scope: string, index: string): boolean;
  complete(scope: string, index: string): void;
  added(vector: {
    row: number;
    scope: number;
    until: number;
    index: string;
    values: Float32Array;
  }): void;
  close(): Promise<void>;
}

/** What the thread is told. */
export type ToSearcher =
  | {
      kind: 'ask';
      id: number;
      table: string;
      dimensions: number;
      scope: number;
      /** How many entries the scope has. */
      entries: number;
      vector: Float32Array;
      limit: number;
      now: number;
    }
  | { kind: 'add'; scope: string; row: number; until: number; values: Float32Array };

/** What it answers. */
export type Told = { id: number; hits: Hit[] } | { id: number; error: string };

/** Up to so many entries a search takes less time than a thread takes to be told of it. */
const MAIN_THREAD = 2_000;
const MOST_WAITING = 64;

/** Small scopes are searched where they are asked for, large ones in a thread of their own. */
export function openSearch(db: Database, vectors: Vectors): Search {
  const scopeOf = db.prepare<[string], { id: number; entries: number }>(
    'SELECT id, entries FROM cache_scopes WHERE hash = ?',
  );
  const whole = new Set<string>();
  const thread = db.memory ? null : openThread(db.name);
  return {
    async nearest({ scope: hash, withinMs, ...asked }) {
      const scope = scopeOf.get(hash);
      if (!scope) return [];
      const { id, entries } = scope;
      if (entries <= MAIN_THREAD || thread === null)
        return vectors.nearest({ ...asked, scope: id });
      const table = vectors.tableOf(asked.index);
      if (!table) return [];
      const { vector, limit, now } = asked;
      return thread.ask(
        { ...{ vector, limit, now, entries, scope: id }, ...nameOf(table) },
        withinMs,
      );
    },
    isComplete: (scope, index) => whole.has(`${scope} ${index}`),
    complete: (scope, index) => void whole.add(`${scope} ${index}`),
    added({ row, scope, until, index, values }) {
      const table = vectors.tableOf(index)?.table ?? '';
      thread?.tell({ kind: 'add', scope: `${table} ${String(scope)}`, row, until, values });
    },
    async close() {
      await thread?.close();
    },
  };
}

const nameOf = ({ table, dimensions }: { table: string; dimensions: number }) => ({
  table,
  dimensions,
});

type Question = Omit<ToSearcher & { kind: 'ask' }, 'kind' | 'id'>;

interface Thread {
  ask(question: Question, withinMs: number): Promise<Hit[]>;
  /** Nothing happens while no thread runs: it reads what is there when it starts. */
  tell(said: ToSearcher): void;
  close(): Promise<void>;
}

interface Waiting {
  resolve: (hits: Hit[]) => void;
  reject: (error: Error) => void;
}

function openThread(path: string): Thread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let last = 0;

  const start = (): Worker => {
    const started = startWorker(path);
    started.on('message', (told: Told) => {
      const asker = waiting.get(told.id);
      waiting.delete(told.id);
      if ('error' in told) asker?.reject(new Error(told.error));
      else asker?.resolve(told.hits);
    });
    started.on('error', (error) => {
      worker = null;
      for (const asker of waiting.values()) asker.reject(error);
      waiting.clear();
    });
    // A process that has nothing else to do must not stay for it.
    started.unref();
    return started;
  };

  return {
    ask(question, withinMs) {
      if (waiting.size >= MOST_WAITING)
        return Promise.reject(new Error('too many searches wait already'));
      worker ??= start();
      last += 1;
      const id = last;
      const asked = worker;
      return new Promise((resolve, reject) => {
        // Its place is kept until it is answered: a thread that is behind must not get more to do.
        const timer = setTimeout(() => {
          reject(new Error('the search is late'));
        }, withinMs);
        const done =
          <T>(end: (value: T) => void) =>
          (value: T): void => {
            clearTimeout(timer);
            end(value);
          };
        waiting.set(id, { resolve: done(resolve), reject: done(reject) });
        asked.postMessage({ kind: 'ask', id, ...question } satisfies ToSearcher);
      });
    },
    tell(said) {
      worker?.postMessage(said);
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}

/** From the sources as well as from what is built of them. */
function startWorker(path: string): Worker {
  const workerData = { path };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./search-worker.js', import.meta.url), { workerData });
  const file = new URL('./search-worker.ts', import.meta.url).href;
  const program = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(file)}); });`;
  return new Worker(program, { eval: true, workerData });
}
