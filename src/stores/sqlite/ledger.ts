import type { Database } from 'better-sqlite3';
import type { WireCallMeta } from '../../../schemas/call.ts';
import type { CallsQuery } from '../../call/books.ts';
import type { AttemptRecord } from '../../call/call.ts';
import type { LedgerReader, LedgerWriter } from '../ports.ts';
import { COLUMNS, fromRow, toAttempts, toRow, type CallRow } from './call-row.ts';
import { sumSql, toSums, type SumRow } from './usage-sums.ts';

/** The ledger in SQLite. Answers at once; the port is async because other stores do not. */
export function openLedger(db: Database): LedgerWriter & LedgerReader {
  const insert = db.prepare<CallRow>(
    `INSERT OR IGNORE INTO calls (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((c) => `@${c}`).join(', ')})`,
  );
  const select = db.prepare<[string], CallRow>('SELECT * FROM calls WHERE id = ?');
  // Ids sort by time, so the page before an id is a range of the primary key.
  const list = db.prepare<Page, CallRow>(
    `SELECT * FROM calls
     WHERE id < @before AND (@tool IS NULL OR tool = @tool) AND (@finish IS NULL OR finish = @finish)
     ORDER BY id DESC LIMIT @limit`,
  );
  // By the table's own order, which is that of calls' ends: no index is asked, nothing else is read.
  const attempts = db
    .prepare<[number], string>('SELECT attempts FROM calls ORDER BY rowid DESC LIMIT ?')
    .pluck();
  return {
    record: (call) => settle(() => void insert.run(toRow(call))),
    get: (id) => settle(() => toWire(select.get(id))),
    list: (query) => settle(() => list.all(toPage(query)).map(fromRow)),
    countedAttempts: (limit) =>
      settle(() => attempts.all(limit).reverse().flatMap(toAttempts).filter(isCounted)),
    sum: ({ groupBy, from, to }) =>
      settle(() => db.prepare<[number, number], SumRow>(sumSql(groupBy)).all(from, to).map(toSums)),
  };
}

interface Page {
  limit: number;
  before: string;
  tool: string | null;
  finish: string | null;
}

/** Sorts after every id. */
const AFTER_ALL = '\u{10FFFF}';

const toPage = ({ limit, before, tool, finish }: CallsQuery): Page => ({
  limit,
  before: before ?? AFTER_ALL,
  tool: tool ?? null,
  finish: finish ?? null,
});

/** Attempts of older versions have no estimate at all. */
const isCounted = ({ usage, estimate }: AttemptRecord): boolean =>
  usage.source === 'provider' && Boolean(estimate);

const toWire = (row: CallRow | undefined): WireCallMeta | null => (row ? fromRow(row) : null);

/** Runs at once and turns a throw into a rejection, as a port with promises must. */
function settle<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
