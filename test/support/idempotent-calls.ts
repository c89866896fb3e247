import { setImmediate as turn } from 'node:timers/promises';
import type { Call, Event, Layer, Next, Outcome } from '../../src/core/call/call.ts';
import {
  buildReplayIdempotent,
  type IdempotencyParts,
} from '../../src/layers/replay-idempotent.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { fakeAttempt, fakeCall } from './calls.ts';
import { openStoreOfProcess } from './idempotency-store.ts';

export const LEASE_MS = 15_000;
export const KEEP_MS = 24 * 3_600_000;
/** What a call spends, nano-dollars. */
export const COST = 250;
export const OUTPUT = { answer: 'Within 30 days.', found: true, sources: ['Returns'] };

/** The layer on a book of its own, by a clock that moves only when somebody waits, or as a test says. */
export function openReplay() {
  const open = openStoreOfProcess();
  const clock = { now: 1_000_000 };
  const pauses: number[] = [];
  const errors: unknown[] = [];
  const parts: IdempotencyParts = {
    store: open.store,
    now: () => clock.now,
    leaseMs: LEASE_MS,
    keepMs: KEEP_MS,
    onError: (error) => errors.push(error),
  };
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    pauses.push(ms);
    clock.now += ms;
    await turn();
    signal.throwIfAborted();
  };
  const layer = buildReplayIdempotent({ ...parts, wait });
  /** Settles once somebody waits for a key. */
  const waited = async (): Promise<void> => {
    while (pauses.length === 0) await turn();
  };
  return { ...open, clock, pauses, waited, errors, parts, layer };
}

/** What is below the layer. */
export interface Below {
  next: Next;
  /** How often it ran. */
  runs: number;
}

export function below(does: (call: Call, run: number) => Outcome | Promise<Outcome>): Below {
  const counted: Below = {
    next: async (call) => does(call, (counted.runs += 1)),
    runs: 0,
  };
  return counted;
}

export const spend = ({ meta }: Call, costNanoUsd = COST): void => {
  meta.attempts.push(fakeAttempt({ costNanoUsd }));
  meta.servedBy = 'model';
};

/** Answers, each time a little differently. */
export const answering = (): Below =>
  below((call, run) => {
    spend(call);
    return { ok: true, output: { ...OUTPUT, run } };
  });

let ids = 0;

/** One more call with the key: the same question, unless it is said otherwise. */
export function again(over: Partial<Call> = {}): Call & { events: Event[] } {
  const events: Event[] = [];
  const call = fakeCall({
    id: `call_${String((ids += 1))}`,
    tool: answerQuestion,
    input: { question: 'How long may I return it?', options: { quality: 'fast' } },
    idempotencyKey: 'order-7',
    emit: (event) => void events.push(event),
    ...over,
  });
  return { ...call, events };
}

/** A call that has its key and goes on until it is told how it ends. */
export async function startCall(layer: Layer) {
  let end: (how: Outcome | Error) => void = () => undefined;
  const told = new Promise<Outcome>((resolve, reject) => {
    end = (how) => {
      if (how instanceof Error) reject(how);
      else resolve(how);
    };
  });
  const call = again();
  let ended = told;
  await new Promise<void>((begun) => {
    ended = layer(call, () => {
      begun();
      return told;
    });
  });
  return { id: call.id, end, ended };
}
