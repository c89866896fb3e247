import { billNanoUsd } from './prices.ts';
import type { Usage } from './usage.ts';

/** One attempt, in the words of `GET /_sim/ledger`. `ended` is null while it is still going on. */
export interface SimulatorLedgerEntry {
  readonly request_id: string;
  readonly message_id: string | null;
  readonly model: string | null;
  readonly stream: boolean;
  /** The HTTP status sent, or 499 when the client left before there was one. */
  readonly status: number | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly usage: Usage | null;
  readonly billed_nano_usd: number;
  readonly delivered: { readonly events: number; readonly text_chars: number };
  readonly ended: 'complete' | 'client_gone' | 'error' | null;
  readonly retry_count: number;
}

type Ending = NonNullable<SimulatorLedgerEntry['ended']>;

/** An attempt while it runs: the only thing that may write its entry. */
export interface Attempt {
  /** `usage` is kept by reference: counted up by the run, it is billed as it stands when read. */
  begin(message: { id: string; model: string; stream: boolean; usage: Usage }): void;
  delivered(what: { events: number; textChars: number }): void;
  end(ending: Ending, status: number): void;
}

export interface Ledger {
  open(requestId: string, retryCount: number): Attempt;
  entries(): SimulatorLedgerEntry[];
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
    status: null,
    started_at: startedAt.toISOString(),
    ended_at: null,
    usage: null,
    delivered: { events: 0, text_chars: 0 },
    ended: null,
    retry_count: retryCount,
  };
}

function buildAttempt(entry: Draft, now: () => Date): Attempt {
  return {
    begin: ({ id, model, stream, usage }) => {
      Object.assign(entry, { message_id: id, model, stream, usage });
    },
    delivered: ({ events, textChars }) => {
      const before = entry.delivered;
      entry.delivered = {
        events: before.events + events,
        text_chars: before.text_chars + textChars,
      };
    },
    end: (ending, status) => {
      entry.ended = ending;
      entry.status = status;
      entry.ended_at = now().toISOString();
    },
  };
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
