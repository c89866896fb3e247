import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../ports.ts';
import { openCacheBook } from './cache/book.ts';
import { openBudgetBook } from './budget-book.ts';
import { openEvalBook } from './evals.ts';
import { openFeedbackBook } from './feedback.ts';
import { openIdempotencyBook } from './idempotency.ts';
import { openKeyBook } from './keys.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { openLedgerWriter } from './ledger-writer.ts';
import { openLeases } from './leases.ts';
import { migrate } from './migrate.ts';
import { openReader } from './reader/reader.ts';
import { openRollUp } from './usage/roll-up.ts';
import { buildWriter } from './writer.ts';

/** How long a reader, or a start, waits for another process before it gives up, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 20;
/** Pages (of 4 KB) in the log before they are brought into the file, which waits for the disk. */
const CHECKPOINT_PAGES = 8_000;

interface SqliteOptions {
  processId?: string;
  threadFrom?: number;
}

/**
 * Open the SQLite store at `path` (`:memory:` for one that is forgotten). Many processes may share
 * a file: each agent starts its own stdio server.
 * @param options.processId marks what this process reserves; no two that run may share it
 * @param options.threadFrom ledgers of more rows are asked in a thread; those in memory never are
 * @throws Error when the file cannot be opened or was written by a newer tollgate
 */
export function openSqlite(
  path: string,
  { processId = randomUUID(), threadFrom = 1_000 }: SqliteOptions = {},
): Store {
  if (path !== ':memory:') makeFolder(dirname(path));
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  switchToWal(db);
  // In WAL mode NORMAL survives kill -9; only a power cut may lose the last rows, never corrupt.
  db.pragma('synchronous = NORMAL');
  // At the default of 1,000 a call in fifty waits for a checkpoint: it is the p99 (npm run bench).
  db.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
  migrate(db);
  const writer = buildWriter(db);
  const cache = openCacheBook(db, writer);
  const sums = openRollUp(db);
  const reader = openReader({ db, writer, sums, threadFrom });
  return {
    ledger: { ...openLedgerReader(db, reader), ...openLedgerWriter(db, writer, sums) },
    budgets: {
      ...openBudgetBook(db, writer, processId),
      passed: (query) => reader.ask('passed', query),
    },
    keys: { ...openKeyBook(db, writer), list: () => reader.ask('keys') },
    idempotency: openIdempotencyBook(db, writer, processId),
    leases: openLeases(db, writer, processId),
    cache: {
      ...cache.book,
      totals: () => reader.ask('cacheTotals'),
      disagreements: (limit) => reader.ask('disagreements', limit),
    },
    feedback: {
      ...openFeedbackBook(db, writer),
      scores: (promptId) => reader.ask('scores', promptId),
    },
    evals: openEvalBook(db, writer),
    health: () => Promise.resolve(healthOf(db)),
    async close() {
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

/** Our own folder keeps itself out of git: a ledger says who asked what. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (basename(folder) === '.tollgate' && !existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function healthOf(db: Database.Database): string | null {
  try {
    db.prepare('SELECT 1 FROM calls LIMIT 1').get();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
