import { basename } from 'node:path';
import type { Database } from 'better-sqlite3';
import { watchFiles } from './same-file.ts';
import { isDamage, isTrouble, messageOf, troubleInWords } from './trouble.ts';
import type { Writer } from './writer.ts';

/** Whether what is written would be found again. */
export interface DatabaseWatch {
  /** Null, or why nothing should be spent now, as known within the last second. Free to ask. */
  trouble(): string | null;
  /** Null, or what a write of now meets. Many who ask at once share one. */
  check(): Promise<string | null>;
  /**
   * Hears of every error that the database gives.
   * @returns what it says of the database, as a sentence; null where it is no trouble of the database
   */
  note(error: unknown): string | null;
  stop(): void;
}

interface WatchParts {
  db: Database;
  writer: Writer;
  /** `:memory:` has no files. */
  path: string;
  /** Something is wrong from now on; null: all is well again. */
  onChange: (trouble: string | null) => void;
  now: () => number;
}

const LOOK_EVERY_MS = 1_000;
/** A probe of a database that was in trouble must find room for a few calls, bytes. */
const ROOM = 64 * 1024;

export function buildWatch({ db, writer, path, onChange, now }: WatchParts): DatabaseWatch {
  const probe = buildProbe(db, writer, now);
  const lookAtFiles = path === ':memory:' ? () => null : watchFiles(path);
  // Anybody who reaches the server may ask how it is; where its files lie is nobody's business.
  const name = basename(path);
  let files: string | null = null;
  /** Of the last error that counts, until a write succeeds. */
  let writes: { words: string; isFinal: boolean } | null = null;
  let lookedAt = performance.now();
  let told: string | null = null;

  const tell = (): string | null => {
    const trouble = files ?? writes?.words ?? null;
    if (trouble !== told) onChange(trouble);
    told = trouble;
    return trouble;
  };

  const look = (): string | null => {
    lookedAt = performance.now();
    files = lookAtFiles();
    return tell();
  };

  const note = (error: unknown): string | null => {
    if (!isTrouble(error)) return null;
    const words = troubleInWords(error, name) ?? messageOf(error);
    if (!writes?.isFinal) writes = { words, isFinal: isDamage(error) };
    tell();
    return words;
  };

  const check = shared(async () => {
    look();
    if (files !== null || writes?.isFinal) return told;
    try {
      await probe(writes === null ? 0 : ROOM);
      writes = null;
      return tell();
    } catch (error) {
      return note(error) ?? troubleInWords(error, name) ?? messageOf(error);
    }
  });

  const timer = setInterval(() => {
    look();
    if (writes !== null) void check();
  }, LOOK_EVERY_MS).unref();

  return {
    // A loop that was held up has a timer that is late.
    trouble: () => (performance.now() - lookedAt > LOOK_EVERY_MS ? look() : told),
    check,
    note,
    stop: () => {
      clearInterval(timer);
    },
  };
}

/**
 * A write as a call makes it: what a full or failing disk says to it, it says to calls. It is taken
 * back in a second transaction, because pages that were never committed need no room.
 */
function buildProbe(db: Database, writer: Writer, now: () => number) {
  const put = db.prepare<[number, number]>('INSERT INTO probes (at, room) VALUES (?, zeroblob(?))');
  const remove = db.prepare<[number | bigint]>('DELETE FROM probes WHERE id = ?');
  const read = db.prepare('SELECT 1 FROM calls LIMIT 1');
  return async (bytes: number): Promise<void> => {
    const id = await writer.write(() => put.run(now(), bytes).lastInsertRowid);
    await writer.write(() => void remove.run(id));
    read.get();
  };
}

/** One run at a time, for all who ask meanwhile. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= work().finally(() => (running = null)));
}
