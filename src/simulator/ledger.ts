import { billNanoUsd } from './prices.ts';
import type { MessageUsage } from './usage.ts';

/** One attempt, in the words of `GET /_sim/ledger`. `ended` is null while it is still going on. */
export interface SimulatorLedgerEntry {
  readonly request_id: string;
  readonly message_id: string | null;
  readonly model: string | null;
  readonly stream: boolean;
  /** The name of the fault that was applied. */
  readonly fault: string | null;
  /** The HTTP status sent, 499 when the client left before there was one, null after a reset. */
  readonly status: number | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly usage: MessageUsage | null;
  readonly billed_nano_usd: number;
  /** Written to the response. */
  readonly delivered: WrittenExtent;
  /**
   * Of that, what the system took off our hands while the client was there: the client read this much
   * at most. What it left in the buffers of the system on its side nobody can know.
   */
  readonly read: WrittenExtent;
  readonly ended: 'complete' | 'client_gone' | 'error' | null;
  readonly retry_count: number;
}

interface WrittenExtent {
  readonly events: number;
  readonly text_chars: number;
}

type EntryEnding = NonNullable<SimulatorLedgerEntry['ended']>;

/** An attempt while it runs: the only thing that may write its entry. */
export interface LedgerAttempt {
  ask(what: { model: string | null; stream: boolean; fault: string | null }): void;
  /** `usage` is kept by reference: counted up by the run, it is billed as it stands when read. */
  begin(message: { id: string; model: string; stream: boolean; usage: MessageUsage }): void;
  delivered(what: WrittenCounts): void;
  read(what: WrittenCounts): void;
  /** The first call says how it ended; what is found out after that is a consequence. */
  end(ending: EntryEnding, status: number | null): void;
}

interface WrittenCounts {
  readonly events: number;
  readonly textChars: number;
}

export interface Ledger {
  open(requestId: string, retryCount: number): LedgerAttempt;
  entries(): SimulatorLedgerEntry[];
  /** Forgets all attempts, those that still run too. */
  clear(): void;
}

/** Keeps the last `capacity` attempts: the simulator may run for weeks. */
export function buildLedger(now: () => Date, capacity: number): Ledger {
  const ring: Draft[] = [];
  return {
    open: (requestId, retryCount) => {
      const entry = buildEntry(requestId, retryCount, now());
      ring.push(entry);
      if (ring.length > capacity) ring.shift();
      return buildAttempt(entry, now);
    },
    entries: () => ring.map(toEntry),
    clear: () => {
      ring.length = 0;
    },
  };
}

/** An entry before it is priced: the bill is derived, never stored. */
type Draft = {
  -readonly [Key in keyof Omit<SimulatorLedgerEntry, 'billed_nano_usd'>]: SimulatorLedgerEntry[Key];
};

function toEntry(draft: Draft): SimulatorLedgerEntry {
  const { model, usage } = draft;
  const day = new Date(draft.started_at);
  const billed = model !== null && usage !== null ? billNanoUsd(model, usage, day) : 0;
  return { ...structuredClone(draft), billed_nano_usd: billed };
}

function buildEntry(requestId: string, retryCount: number, startedAt: Date): Draft {
  return {
    request_id: requestId,
    message_id: null,
    model: null,
    stream: false,
    fault: null,
    status: null,
    started_at: startedAt.toISOString(),
    ended_at: null,
    usage: null,
    delivered: { events: 0, text_chars: 0 },
    read: { events: 0, text_chars: 0 },
    ended: null,
    retry_count: retryCount,
  };
}

function buildAttempt(entry: Draft, now: () => Date): LedgerAttempt {
  return {
    ask: (what) => {
      Object.assign(entry, what);
    },
    begin: ({ id, model, stream, usage }) => {
      Object.assign(entry, { message_id: id, model, stream, usage });
    },
    delivered: (what) => {
      entry.delivered = add(entry.delivered, what);
    },
    read: (what) => {
      entry.read = add(entry.read, what);
    },
    end: (ending, status) => {
      if (entry.ended !== null) return;
      entry.ended = ending;
      entry.status = status;
      entry.ended_at = now().toISOString();
    },
  };
}

function add(before: WrittenExtent, { events, textChars }: WrittenCounts): WrittenExtent {
  return { events: before.events + events, text_chars: before.text_chars + textChars };
}

/** The sums over what the ring still holds. */
export function toTotals(entries: readonly SimulatorLedgerEntry[]): object {
  const totals = {
    attempts: entries.length,
    input_tokens: 0,
    output_tokens: 0,
    billed_nano_usd: 0,
  };
  for (const { usage, billed_nano_usd } of entries) {
    totals.input_tokens += usage?.input_tokens ?? 0;
    totals.output_tokens += usage?.output_tokens ?? 0;
    totals.billed_nano_usd += billed_nano_usd;
  }
  return totals;
}
