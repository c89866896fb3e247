import BetterSqlite3, { type Database } from 'better-sqlite3';
import { LockedError } from './trouble.ts';

/** Writes that come at the same moment share one transaction. */
export interface Writer {
  /**
   * Run `work` inside a transaction; settled once that is committed, or rolled back. `work` may be
   * run a second time, after a rollback, so it must change nothing but the database.
   * @throws Error what `work` threw, or that other processes kept the database locked
   */
  write<T>(work: () => T): Promise<T>;
  /** Settled when nothing waits any more, what was asked for meanwhile included. */
  drained(): Promise<void>;
}

/** Keeps the event loop free for others between two transactions. */
const BATCH = 256;
/** Time that a write waits for other processes at most, milliseconds. */
const PATIENCE_MS = 5_000;
/** SQLite's own wait for a lock stops the whole thread, so we come back by a timer. */
const COME_BACK_MS = { least: 1, most: 5 };

interface WriteJob {
  work: () => unknown;
  since: number;
  /** A transaction of its own, since the one it shared was rolled back. */
  alone: boolean;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

export function buildWriter(db: Database): Writer {
  const transaction = prepareTransaction(db);
  const waiting: WriteJob[] = [];
  let isDue = false;

  const due = (later: (flush: () => void) => void): void => {
    if (isDue) return;
    isDue = true;
    later(flush);
  };

  function flush(): void {
    isDue = false;
    const batch = takeBatch(waiting);
    if (batch.length > 0 && !runBatch(transaction, batch, waiting)) {
      due((again) => setTimeout(again, comeBackMs()));
    }
    if (waiting.length > 0) due(setImmediate);
  }

  const write = <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const since = performance.now();
      const settle = resolve as (result: unknown) => void;
      waiting.push({ work, since, alone: false, resolve: settle, reject });
      due(setImmediate);
    });

  return {
    write,
    async drained() {
      // A turn of the loop lets those who were just answered ask for their next write.
      do await new Promise((resolve) => setImmediate(resolve));
      while (isDue || waiting.length > 0);
    },
  };
}

const comeBackMs = (): number =>
  COME_BACK_MS.least + Math.random() * (COME_BACK_MS.most - COME_BACK_MS.least);

function takeBatch(waiting: WriteJob[]): WriteJob[] {
  if (waiting[0]?.alone) return waiting.splice(0, 1);
  const end = waiting.findIndex(({ alone }) => alone);
  return waiting.splice(0, Math.min(BATCH, end < 0 ? waiting.length : end));
}

/** @returns false when another process has the lock: then what may still wait is back in its place */
function runBatch(transaction: Transaction, batch: WriteJob[], waiting: WriteJob[]): boolean {
  try {
    transaction.begin();
  } catch (error) {
    if (!isBusy(error)) {
      rejectAll(batch, error);
      return true;
    }
    waiting.unshift(...rejectImpatient(batch));
    return false;
  }
  try {
    const results = batch.map(({ work }) => work());
    transaction.commit();
    batch.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
  } catch (error) {
    transaction.rollback();
    if (batch.length === 1) rejectAll(batch, error);
    else waiting.unshift(...batch.map((job) => ({ ...job, alone: true })));
  }
  return true;
}

/** A transaction in its steps, compiled once. */
interface Transaction {
  /** Takes the write lock or throws SQLITE_BUSY, without a wait. Reads keep their patience. */
  begin(): void;
  commit(): void;
  /** SQLite may have rolled back by itself, as on a full disk. */
  rollback(): void;
}

function prepareTransaction(db: Database): Transaction {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  return {
    begin() {
      // Not prepared: this pragma takes effect when it is compiled.
      db.pragma('busy_timeout = 0');
      try {
        begin.run();
      } finally {
        db.pragma(`busy_timeout = ${String(PATIENCE_MS)}`);
      }
    },
    commit: () => void commit.run(),
    rollback() {
      if (db.inTransaction) rollback.run();
    },
  };
}

const isBusy = (error: unknown): boolean =>
  error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');

const rejectAll = (jobs: readonly WriteJob[], error: unknown): void => {
  for (const { reject } of jobs) reject(error);
};

/** @returns those that wait on */
function rejectImpatient(batch: readonly WriteJob[]): WriteJob[] {
  const now = performance.now();
  const isImpatient = ({ since }: WriteJob): boolean => now - since > PATIENCE_MS;
  const seconds = String(PATIENCE_MS / 1_000);
  const error = new LockedError(`other processes kept the database locked for ${seconds} s`);
  rejectAll(batch.filter(isImpatient), error);
  return batch.filter((job) => !isImpatient(job));
}
