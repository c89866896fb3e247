import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { ProblemError } from '../../../errors/problem.ts';
import { openReads } from '../reads.ts';
import { openPatience } from '../usage/patience.ts';
import { openRollUp, type RollUp } from '../usage/roll-up.ts';
import { openNewest, openState } from '../usage/state.ts';
import type { ReaderReply, ToReader } from './messages.ts';

/** Time limit for work on a question, milliseconds. */
const LIMIT_MS = 5_000;
/** Rows that are brought into the sums in one transaction: calls wait for it. */
const BATCH = 250;
const LONGEST_PAUSE_MS = 10;
/** Time a batch waits for other processes, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

const { path } = workerData as { path: string };
const reading = new Database(path, { readonly: true });
const patience = openPatience(reading, () => performance.now());
const reads = openReads(reading);
const waiting = () => openNewest(reading)() - openState(reading)().rolledUp;

let writing: { db: Database.Database; rollUp: RollUp; apply: RollUp['apply'] } | null = null;
let isClosed = false;

function openWriting(): NonNullable<typeof writing> {
  if (writing) return writing;
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  db.pragma('synchronous = NORMAL');
  const rollUp = openRollUp(db);
  const apply = db.transaction((gathered: Parameters<RollUp['apply']>[0]) =>
    rollUp.apply(gathered),
  );
  writing = { db, rollUp, apply: (gathered) => apply.immediate(gathered) };
  return writing;
}

/** With a pause after each batch: questions get their turn, calls the lock, and others the core. */
async function rollUpAll(atLeast: number): Promise<number> {
  if (waiting() < atLeast) return 0;
  const { rollUp, apply } = openWriting();
  let rows = 0;
  while (!isClosed) {
    const began = performance.now();
    const gathered = rollUp.gather(BATCH);
    if (!gathered) break;
    if (apply(gathered)) rows += gathered.rows;
    await setTimeout(Math.min(performance.now() - began, LONGEST_PAUSE_MS));
  }
  return rows;
}

function answerTo({ name, parameters, lateAt }: ToReader & { kind: 'ask' }): unknown {
  if (Date.now() > lateAt) return null;
  patience.start(LIMIT_MS);
  return (reads[name] as (...given: unknown[]) => unknown)(...parameters);
}

function sayOf(id: number, error: unknown): ReaderReply {
  if (error instanceof ProblemError)
    return { id, problem: { code: error.code, detail: error.message } };
  const code = error instanceof Database.SqliteError ? error.code : '';
  return { id, error: error instanceof Error ? error.message : String(error), code };
}

async function settle(id: number, work: () => unknown): Promise<void> {
  const told = await Promise.resolve()
    .then(work)
    .then(
      (answer): ReaderReply => ({ id, answer }),
      (error: unknown) => sayOf(id, error),
    );
  if (!isClosed) parentPort?.postMessage(told);
}

parentPort?.on('message', (said: ToReader) => {
  switch (said.kind) {
    case 'ask':
      void settle(said.id, () => answerTo(said));
      break;
    case 'roll-up':
      void settle(said.id, () => rollUpAll(said.atLeast));
      break;
    case 'close':
      isClosed = true;
      reading.close();
      writing?.db.close();
      parentPort?.close();
      break;
  }
});
