import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { problem } from '../../errors/problem.ts';
import { translateErrors } from '../translate-errors.ts';
import type { Store } from '../ports/store.ts';
import { openCacheStore } from './cache/store.ts';
import { openBudgetStore } from './budgets.ts';
import { openEvalStore } from './evals.ts';
import { openFeedbackStore } from './feedback.ts';
import { openIdempotencyStore } from './idempotency.ts';
import { openKeyStore } from './keys.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { openLedgerWriter } from './ledger-writer.ts';
import { openLeases } from './leases.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migrate.ts';
import { openReader, type Reader } from './reader/reader.ts';
import { openSetAside } from './set-aside.ts';
import { toStoreError } from './store-error.ts';
import { openRollUp } from './usage/roll-up.ts';
import { buildWatch } from './watch.ts';
import { buildWriter } from './writer.ts';

/** Time that a reader, or a start, waits for another process at most, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 20;
/** Pages (of 4 KB) in the log before they are brought into the file, which waits for the disk. */
const CHECKPOINT_PAGES = 8_000;

export interface SqliteOptions {
  /** Marks what this process reserves; no two that run may share it. */
  processId?: string;
  /** Ledgers of more rows are asked in a thread; those in memory never are. */
  threadFrom?: number;
  /** Hears when something is wrong with the database, and with null when all is well again. */
  onTrouble?: (trouble: string | null) => void;
  /** Hears of a row that could not be written. */
  onSetAside?: (call: string, reason: string) => void;
  now?: () => number;
}

/**
 * Open the SQLite store at a path (`:memory:` for one that is forgotten). Many processes may share
 * a file: each agent starts its own stdio server.
 * @throws StoreError when the file cannot be opened or was written by a newer tollgate
 */
export function openSqlite(given: string, options: SqliteOptions = {}): Store {
  // In words, and for as long as it is open, whatever the working directory becomes.
  const path = given === ':memory:' ? given : resolve(given);
  const { processId = randomUUID(), threadFrom = 1_000, now = Date.now } = options;
  const { onTrouble = ignore, onSetAside = ignore } = options;
  const db = openDatabase(path);
  const writer = buildWriter(db);
  const watch = buildWatch({ db, writer, path, onChange: onTrouble, now });
  const aside = openSetAside(db, path);
  const sums = openRollUp(db);
  const reader = openReader({ db, writer, sums, threadFrom });
  const ledgerWriter = openLedgerWriter({ db, writer, sums, watch, aside, onSetAside, now });
  const cache = openCacheStore(db, writer, now);
  const ports: Omit<Store, 'health' | 'close'> = {
    ledger: { ...openLedgerReader(db, reader), ...ledgerWriter },
    budgets: {
      ...openBudgetStore(db, writer, processId),
      passed: (query) => reader.ask('passed', query),
    },
    keys: { ...openKeyStore(db, writer), list: () => reader.ask('keys') },
    idempotency: openIdempotencyStore(db, writer, processId),
    leases: openLeases({ db, writer, aside, processId }),
    cache: { ...cache.store, ...cacheViews(reader) },
    feedback: {
      ...openFeedbackStore(db, writer),
      scores: (promptId) => reader.ask('scores', promptId),
    },
    evals: openEvalStore(db, writer),
    setAside: aside.store,
  };
  return {
    ...translateErrors(ports, (error) => {
      const trouble = watch.note(error);
      return trouble === null ? error : unavailable(trouble, error);
    }),
    health: () => watch.check(),
    async close() {
      watch.stop();
      try {
        await reader.close();
        await cache.close();
        await writer.drained();
      } finally {
        db.close();
      }
    },
  };
}

const cacheViews = (reader: Reader): Pick<Store['cache'], 'totals' | 'disagreements'> => ({
  totals: () => reader.ask('cacheTotals'),
  disagreements: (limit) => reader.ask('disagreements', limit),
});

const ignore = (): void => undefined;

const unavailable = (trouble: string, cause: unknown): Error =>
  problem('ledger_unavailable', { detail: `The ledger cannot be used: ${trouble}.`, cause });

/** With its folders, switched to the log that readers do not wait for, and up to date. */
function openDatabase(path: string): Database.Database {
  try {
    if (path !== ':memory:') makeFolder(path);
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    switchToWal(db);
    // In WAL mode NORMAL survives kill -9; only a power cut may lose the last rows, never corrupt.
    db.pragma('synchronous = NORMAL');
    // At the default of 1,000 a call in fifty waits for a checkpoint: it is the p99 (npm run bench).
    db.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
    migrate(db);
    return db;
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/**
 * Two processes that make the same new file meet here, and SQLite does not wait for the other when
 * the journal is switched, whatever the timeout: it says busy at once. So we wait.
 */
function switchToWal(db: Database.Database): void {
  const until = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER_MS);
    }
  }
}
