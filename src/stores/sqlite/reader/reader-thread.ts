import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { problem, type ProblemError } from '../../../errors/problem.ts';
import type { Reads } from '../reads.ts';
import { startThread } from '../../../core/call/start-thread.ts';
import { tooLarge } from '../usage/patience.ts';
import type { ReaderReply, ToReader } from './messages.ts';

/** A thread that reads a database file, and keeps the sums of its ledger; started by the first who asks. */
export interface ReaderThread {
  /** @throws ProblemError question_too_large, ledger_busy */
  ask(name: keyof Reads, parameters: unknown[]): Promise<unknown>;
  rollUp(atLeast: number): Promise<number>;
  close(): Promise<void>;
}

const MOST_WAITING = 64;
/** Time for a question to wait and be worked on, milliseconds. */
const WITHIN_MS = 10_000;
/** Time limit for the end of a batch, milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/** @param path of the database; the thread reads it by connections of its own */
export function openReaderThread(path: string): ReaderThread {
  const askers = openAskers();
  let worker: Worker | null = null;

  const end = (ended: Worker, error: Error): void => {
    if (worker !== ended) return;
    worker = null;
    askers.rejectAll(error);
  };
  const start = (): Worker =>
    listen(
      startThread('reader-worker', import.meta.url, { workerData: { path } }),
      askers.settle,
      end,
    );

  const send = (kind: WaitingAnswer['kind'], saidBy: (id: number) => ToReader) => {
    worker ??= start();
    const asked = askers.add(kind);
    worker.postMessage(saidBy(asked.id));
    return asked;
  };

  /** The one that is worked on is first in line; what does not end by itself is ended with its thread. */
  const giveUp = (id: number): void => {
    const stuck = askers.isFirst(id) ? worker : null;
    askers.reject(id, stuck ? tooLarge() : busy());
    if (!stuck) return;
    end(stuck, busy());
    void stuck.terminate();
  };

  return {
    ask(name, parameters) {
      if (askers.questions() >= MOST_WAITING) return Promise.reject(busy());
      const lateAt = Date.now() + WITHIN_MS;
      const say = (id: number): ToReader => ({ kind: 'ask', id, lateAt, name, parameters });
      const { id, answer } = send('question', say);
      const timer = setTimeout(giveUp, WITHIN_MS, id);
      return answer.finally(() => {
        clearTimeout(timer);
      });
    },
    rollUp: (atLeast) =>
      send('roll-up', (id) => ({ kind: 'roll-up', id, atLeast })).answer as Promise<number>,
    async close() {
      const ending = worker;
      worker = null;
      askers.rejectAll(new Error('the store is closed'));
      if (ending) await endGently(ending);
    },
  };
}

function listen(
  worker: Worker,
  settle: (told: ReaderReply) => void,
  end: (worker: Worker, error: Error) => void,
): Worker {
  worker.on('message', settle);
  worker.on('error', (error) => {
    end(worker, error);
  });
  worker.on('exit', () => {
    end(worker, new Error('the thread that reads the ledger has ended'));
  });
  return worker;
}

/** A batch that is being written is finished. */
async function endGently(worker: Worker): Promise<void> {
  // A process that ends waits for it.
  worker.ref();
  const late = new AbortController();
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage({ kind: 'close' } satisfies ToReader);
  await Promise.race([ended, pause(CLOSE_WITHIN_MS, null, { signal: late.signal })]);
  late.abort();
  await worker.terminate();
}

interface WaitingAnswer {
  kind: 'question' | 'roll-up';
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

/** Those who wait for the thread, in line. */
interface ReaderAskers {
  add: (kind: WaitingAnswer['kind']) => { id: number; answer: Promise<unknown> };
  /** Count of open questions. */
  questions: () => number;
  /** Of the questions. */
  isFirst: (id: number) => boolean;
  settle: (told: ReaderReply) => void;
  reject: (id: number, error: Error) => void;
  rejectAll: (error: Error) => void;
}

function openAskers(): ReaderAskers {
  const waiting = new Map<number, WaitingAnswer>();
  let last = 0;
  const questions = (): number[] =>
    [...waiting].flatMap(([id, { kind }]) => (kind === 'question' ? [id] : []));
  const reject = (id: number, error: Error): void => {
    waiting.get(id)?.reject(error);
    waiting.delete(id);
  };
  return {
    questions: () => questions().length,
    add(kind) {
      last += 1;
      const id = last;
      const answer = new Promise((resolve, rejectIt) =>
        waiting.set(id, { kind, resolve, reject: rejectIt }),
      );
      return { id, answer };
    },
    isFirst: (id) => questions()[0] === id,
    settle(told) {
      if ('problem' in told) reject(told.id, problem(told.problem.code, told.problem));
      else if ('error' in told) reject(told.id, toError(told));
      else waiting.get(told.id)?.resolve(told.answer);
      waiting.delete(told.id);
    },
    reject,
    rejectAll(error) {
      for (const id of [...waiting.keys()]) reject(id, error);
    },
  };
}

const toError = ({ error, code }: { error: string; code: string }): Error =>
  code === '' ? new Error(error) : new Database.SqliteError(error, code);

const busy = (): ProblemError =>
  problem('ledger_busy', { detail: 'Too many questions wait for the ledger; ask again later.' });
