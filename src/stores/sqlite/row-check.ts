import type { AttemptRecord } from '../../core/call/call.ts';
import type { CallRow } from './call-row.ts';

type Range = readonly [least: number, most: number];

/** A million dollars, and a trillion tokens: no call takes so much, and thousands of them can be added up. */
const NANO_USD: Range = [0, 1e15];
const SAVED: Range = [-1e15, 1e15];
const TOKENS: Range = [0, 1e12];
const FLAG: Range = [0, 1];

/** Columns of integers, with what they may be. */
const WHOLE: Partial<Record<keyof CallRow, Range>> = {
  started_at: [0, Number.MAX_SAFE_INTEGER],
  degraded: FLAG,
  simulated: FLAG,
  input_tokens: TOKENS,
  output_tokens: TOKENS,
  thinking_tokens: TOKENS,
  cache_read_tokens: TOKENS,
  cache_write_5m_tokens: TOKENS,
  cache_write_1h_tokens: TOKENS,
  cost_nano_usd: NANO_USD,
  saved_nano_usd: SAVED,
  prompt_cache_saved_nano_usd: SAVED,
};
const MAY_BE_NULL = new Set<keyof CallRow>(['similarity', 'ttft_ms']);
const CHECKED = [
  ...(Object.keys(WHOLE) as (keyof CallRow)[]),
  ...MAY_BE_NULL,
  'latency_ms',
] as const;

/** Columns of the usage of a call: where one is wrong, none can be believed. */
const EVIDENCE = /_tokens$|^cost_|^attempts/;

interface RowFault {
  place: string;
  reason: string;
}

const fault = (place: string, value: unknown): RowFault => ({
  place,
  reason: `${place} is ${String(value)}`,
});

/** Faults of a row that cannot be written, or would spoil sums it is added to. */
export class RowCheck {
  readonly #row: CallRow;
  readonly #faults: readonly RowFault[];

  constructor(row: CallRow, attempts: readonly AttemptRecord[] = []) {
    this.#row = row;
    this.#faults = [
      ...CHECKED.filter((column) => !isFit(column, row[column])).map((column) =>
        fault(column, row[column]),
      ),
      ...attempts.flatMap(faultsOfAttempt),
    ];
  }

  /** Null where it can be written as it is. */
  get reason(): string | null {
    return this.#faults.map(({ reason }) => reason).join(', ') || null;
  }

  /** Whether what it says it used can be believed. */
  get isEvidence(): boolean {
    return !this.#faults.some(({ place }) => EVIDENCE.test(place));
  }

  /** The row with what cannot be written replaced by what can: nothing, or the bound that it passed. */
  bounded(): CallRow {
    const row = { ...this.#row, ...(this.isEvidence ? {} : { attempts: '[]' }) };
    for (const column of CHECKED) {
      if (!isFit(column, row[column])) Object.assign(row, { [column]: toFit(column, row[column]) });
    }
    return row;
  }
}

function isFit(column: keyof CallRow, value: unknown): boolean {
  if (value === null) return MAY_BE_NULL.has(column);
  const range = WHOLE[column];
  if (range) return isWithin(value, range);
  return typeof value === 'number' && Number.isFinite(value);
}

const isWithin = (value: unknown, [least, most]: Range): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

function faultsOfAttempt({ usage, costNanoUsd }: AttemptRecord, index: number): RowFault[] {
  const place = `attempts[${String(index)}]`;
  return [
    ...Object.entries(usage)
      .filter(([name, value]) => name !== 'source' && !isWithin(value, TOKENS))
      .map(([name, value]) => fault(`${place}.usage.${name}`, value)),
    ...(isWithin(costNanoUsd, NANO_USD) ? [] : [fault(`${place}.costNanoUsd`, costNanoUsd)]),
  ];
}

function toFit(column: keyof CallRow, value: unknown): number | null {
  if (MAY_BE_NULL.has(column)) return null;
  const [least, most] = WHOLE[column] ?? [0, Number.MAX_SAFE_INTEGER];
  if (typeof value !== 'number' || Number.isNaN(value)) return Math.max(0, least);
  return Math.round(Math.min(most, Math.max(least, value)));
}

/** JSON, with numbers that it does not have as words. */
export const rowAsJson = (row: unknown): string =>
  JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? String(value)
      : value,
  );
