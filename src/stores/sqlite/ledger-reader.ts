import type { Database } from 'better-sqlite3';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import type { AttemptRecord } from '../../core/call/call.ts';
import type { LedgerReader, LedgerSums, Viewer } from '../ports/store.ts';
import { answer } from './answer.ts';
import { fromRow, toAttempts, type CallRow } from './call-row.ts';
import type { Reader } from './reader/reader.ts';
import { verify } from './verify/verify.ts';

/** Reading the ledger: what is one row here, what may be many where the reader says. */
export function openLedgerReader(db: Database, reader: Reader): LedgerReader & LedgerSums {
  const select = db.prepare<{ id: string; viewer: Viewer }, CallRow>(
    'SELECT * FROM calls WHERE id = @id AND (@viewer IS NULL OR principal = @viewer)',
  );
  // By the table's own order, which is that of calls' ends: no index is asked, nothing else is read.
  const attempts = db
    .prepare<[number], string>('SELECT attempts FROM calls ORDER BY rowid DESC LIMIT ?')
    .pluck();
  return {
    get: (id, viewer) => answer(() => toWire(select.get({ id, viewer }))),
    countedAttempts: (limit) =>
      answer(() => attempts.all(limit).reverse().flatMap(toAttempts).filter(isCounted)),
    list: (query, viewer) => reader.ask('list', query, viewer),
    sum: (query, viewer) => reader.ask('sum', query, viewer),
    cacheUse: (query, viewer) => reader.ask('cacheUse', query, viewer),
    promptUse: (promptId) => reader.ask('promptUse', promptId),
    spent: (now, viewer) => reader.ask('spent', now, viewer),
    rollUp: (atLeast = 0) => reader.rollUp(atLeast),
    verify: (asked) => answer(() => verify(db, asked)),
  };
}

/** Attempts of older versions have no estimate at all. */
const isCounted = ({ usage, estimate }: AttemptRecord): boolean =>
  usage.source === 'provider' && Boolean(estimate);

const toWire = (row: CallRow | undefined): WireCallMeta | null => (row ? fromRow(row) : null);
