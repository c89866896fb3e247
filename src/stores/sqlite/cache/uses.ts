import type { Database } from 'better-sqlite3';
import type { Use } from '../../cache-port.ts';
import type { Writer } from '../writer.ts';

/** Hits are counted together: nobody who is answered from the cache waits for a write. */
export interface Uses {
  add(use: Use): void;
  /** Everything that was added is written when it settles. */
  flush(): Promise<void>;
}

const MOST_WAITING = 256;
const EVERY_MS = 1_000;

export function openUses(db: Database, writer: Writer): Uses {
  const count = db.prepare(
    `UPDATE cache_entries SET hits = hits + 1, saved_nano_usd = saved_nano_usd + @savedNanoUsd,
       last_used_at = max(last_used_at, @at) WHERE call = @entry`,
  );
  const note = db.prepare(
    `INSERT OR IGNORE INTO cache_uses (call, entry, canon, text, at)
     SELECT @call, id, @canon, @text, @at FROM cache_entries WHERE call = @entry`,
  );
  let waiting: Use[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  const flush = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) {
      await writing;
      return;
    }
    writing = writer.write(() => {
      for (const { asked, ...use } of batch) {
        count.run(use);
        note.run({ ...use, canon: asked?.canon ?? null, text: asked?.text ?? null });
      }
    });
    await writing;
  };

  return {
    add(use) {
      waiting.push(use);
      if (waiting.length >= MOST_WAITING) {
        void flush();
        return;
      }
      // A figure that is lost with a killed process is one of statistics: the ledger has its own.
      timer ??= setTimeout(() => void flush(), EVERY_MS).unref();
    },
    flush,
  };
}
