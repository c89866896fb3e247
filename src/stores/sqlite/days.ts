import type { Database } from 'better-sqlite3';
import type { GetBudgetOutput } from '../../../schemas/get-budget.ts';
import { toUsd } from '../../call/wire.ts';
import type { Viewer } from '../ports.ts';
import type { CallRow } from './call-row.ts';

type Spent = GetBudgetOutput['spent'];

/** What a day counts of a ledger row. */
export type Counted = Pick<
  CallRow,
  | 'principal'
  | 'started_at'
  | 'input_tokens'
  | 'cache_read_tokens'
  | 'cache_write_5m_tokens'
  | 'cache_write_1h_tokens'
  | 'output_tokens'
  | 'cost_nano_usd'
>;

interface Part {
  calls: number;
  tokens: number;
  nanoUsd: number;
}

/** Sums of the ledger per principal and UTC day. What writes runs inside a transaction of the caller. */
export interface Days {
  add(row: Counted): void;
  /** For a row that is about to be replaced. */
  takeOff(row: Counted): void;
  spent(now: number, viewer: Viewer): Spent;
}

const SUM = `
  SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(tokens), 0) AS tokens,
    coalesce(sum(cost_nano_usd), 0) AS nanoUsd
  FROM days WHERE day BETWEEN @from AND @to`;

export function openDays(db: Database): Days {
  const count = db.prepare<Part & { principal: string; day: string }>(
    `INSERT INTO days (principal, day, calls, tokens, cost_nano_usd)
     VALUES (@principal, @day, @calls, @tokens, @nanoUsd)
     ON CONFLICT (principal, day) DO UPDATE SET calls = calls + excluded.calls,
       tokens = tokens + excluded.tokens, cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`,
  );
  const sumOfAll = db.prepare<{ from: string; to: string }, Part>(SUM);
  const sumOfOne = db.prepare<{ from: string; to: string; viewer: string }, Part>(
    `${SUM} AND principal = @viewer`,
  );

  const write = (row: Counted, sign: 1 | -1): void => {
    count.run({
      principal: row.principal,
      day: dayOf(row.started_at),
      calls: sign,
      tokens: sign * tokensOf(row),
      nanoUsd: sign * row.cost_nano_usd,
    });
  };

  const since = (from: string, to: string, viewer: Viewer): Spent['today'] => {
    const range = { from, to };
    const part = viewer === null ? sumOfAll.get(range) : sumOfOne.get({ ...range, viewer });
    const { calls, tokens, nanoUsd } = part ?? { calls: 0, tokens: 0, nanoUsd: 0 };
    return { since: `${from}T00:00:00.000Z`, calls, tokens, usd: toUsd(nanoUsd) };
  };

  return {
    add: (row) => {
      write(row, 1);
    },
    takeOff: (row) => {
      write(row, -1);
    },
    spent(now, viewer) {
      const today = dayOf(now);
      const firstOfMonth = `${today.slice(0, -2)}01`;
      return {
        today: since(today, today, viewer),
        this_month: since(firstOfMonth, today, viewer),
      };
    },
  };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length);

const tokensOf = (row: Counted): number =>
  row.input_tokens +
  row.cache_read_tokens +
  row.cache_write_5m_tokens +
  row.cache_write_1h_tokens +
  row.output_tokens;
