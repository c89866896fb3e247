import type { Database } from 'better-sqlite3';
import type { Use } from '../../ports/cache.ts';
import type { Writer } from '../writer.ts';

/** Hits are counted together: nobody who is answered from the cache waits for a write. */
export interface Uses {
  /** @throws Error when none could be written for so long that no more are remembered */
  add(use: Use): void;
  /** Everything that was added is written when it settles. @throws Error what kept it from being written */
  flush(): Promise<void>;
}

const BATCH = 256;
const EVERY_MS = 1_000;
/** While the database is locked hits wait; this is a few megabytes of them. */
const MOST_WAITING = 20_000;

export function openUses(db: Database, writer: Writer): Uses {
  const write = prepareWrite(db);
  const waiting: Use[] = [];
  let timer: NodeJS.Timeout | null = null;
  let last: Promise<void> = Promise.resolve();
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    isWriting = true;
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, BATCH);
        await writer.write(() => {
          batch.forEach(write);
        });
        // Only now: what is not written must not be lost.
        waiting.splice(0, batch.length);
      }
    } finally {
      isWriting = false;
    }
  };

  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    last = last.catch(() => undefined).then(writeAll);
    return last;
  };

  // A figure that is lost with a killed process is one of statistics: the ledger has its own.
  const later = (): void => {
    timer ??= setTimeout(flushQuietly, EVERY_MS).unref();
  };
  /** They are tried again, and whoever cannot be remembered any more hears of it. */
  const flushQuietly = (): void => {
    flush().catch(later);
  };

  return {
    add(use) {
      if (waiting.length >= MOST_WAITING)
        throw new Error('hits cannot be counted: the database takes no writes');
      waiting.push(use);
      if (waiting.length >= BATCH && !isWriting) flushQuietly();
      else later();
    },
    flush,
  };
}

function prepareWrite(db: Database): (use: Use) => void {
  const count = db.prepare(
    `UPDATE cache_entries SET hits = hits + 1, saved_nano_usd = saved_nano_usd + @savedNanoUsd,
       last_used_at = max(last_used_at, @at) WHERE call = @entry`,
  );
  const note = db.prepare(
    `INSERT OR IGNORE INTO cache_uses (call, entry, canon, text, at)
     SELECT @call, id, @canon, @text, @at FROM cache_entries WHERE call = @entry`,
  );
  return ({ asked, ...use }) => {
    count.run(use);
    note.run({ ...use, canon: asked?.canon ?? null, text: asked?.text ?? null });
  };
}
