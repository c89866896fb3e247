import type { Database } from 'better-sqlite3';
import { answer } from '../answer.ts';
import { openReads, type Reads } from '../reads.ts';
import { openPatience } from '../usage/patience.ts';
import type { RollUp } from '../usage/roll-up.ts';
import { openNewest, openState } from '../usage/state.ts';
import type { Writer } from '../writer.ts';
import { openReaderThread } from './reader-thread.ts';

/** Reads for questions: here while there is little to read, else in a thread. */
export interface Reader {
  ask<Name extends keyof Reads>(
    name: Name,
    ...parameters: Parameters<Reads[Name]>
  ): Promise<ReturnType<Reads[Name]>>;
  /** @returns how many rows were brought into the sums */
  rollUp(atLeast: number): Promise<number>;
  close(): Promise<void>;
}

/** Rows that are brought into the sums at once: our own event loop waits for them. */
const BATCH = 50;

interface ReaderParts {
  db: Database;
  writer: Writer;
  sums: RollUp;
  /** Up to so many rows a question takes not much longer than to tell a thread of it. */
  threadFrom: number;
}

export function openReader({ db, writer, sums, threadFrom }: ReaderParts): Reader {
  openPatience(db, () => performance.now());
  const reads = openReads(db);
  const newest = openNewest(db);
  const state = openState(db);
  // Another connection would see another database.
  const thread = db.memory ? null : openReaderThread(db.name);
  const isSmall = (): boolean => thread === null || newest() <= threadFrom;

  async function rollUpHere(atLeast: number): Promise<number> {
    if (newest() - state().rolledUp < atLeast) return 0;
    let total = 0;
    for (;;) {
      const rows = await writer.write(() => {
        const gathered = sums.gather(BATCH);
        return gathered && sums.apply(gathered) ? gathered.rows : 0;
      });
      if (rows === 0) return total;
      total += rows;
    }
  }

  return {
    ask(name, ...parameters) {
      type Answer = ReturnType<Reads[typeof name]>;
      const read = reads[name] as (...given: unknown[]) => Answer;
      const here = (): Promise<Answer> => answer(() => read(...parameters));
      try {
        if (thread === null || isSmall()) return here();
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
      return thread.ask(name, parameters) as Promise<Answer>;
    },
    rollUp: async (atLeast) =>
      thread === null || isSmall() ? rollUpHere(atLeast) : thread.rollUp(atLeast),
    async close() {
      await thread?.close();
    },
  };
}
