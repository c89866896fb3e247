import type { Database } from 'better-sqlite3';
import type { WireCallMeta } from '../../../schemas/call.ts';
import type { CallsQuery } from '../../call/books.ts';
import type { AttemptRecord } from '../../call/call.ts';
import type { LedgerReader, Viewer } from '../ports.ts';
import { answer } from './answer.ts';
import { openCacheUse } from './cache-use.ts';
import { fromRow, toAttempts, type CallRow } from './call-row.ts';
import { openDays } from './days.ts';
import { openPromptUse } from './prompt-use.ts';
import { sumSql, toSums, type SumRow } from './usage-sums.ts';

/** Ids sort by time, so the page before an id is a range of an index. */
const listSql = (whose: string): string => `
  SELECT * FROM calls
  WHERE ${whose} AND id < @before AND (@tool IS NULL OR tool = @tool)
    AND (@finish IS NULL OR finish = @finish)
  ORDER BY id DESC LIMIT @limit`;

/** Reading the ledger. Answers at once; the port is async because other stores do not. */
export function openLedgerReader(db: Database): LedgerReader {
  const days = openDays(db);
  const select = db.prepare<{ id: string; viewer: Viewer }, CallRow>(
    'SELECT * FROM calls WHERE id = @id AND (@viewer IS NULL OR principal = @viewer)',
  );
  const list = db.prepare<Page, CallRow>(listSql('TRUE'));
  const listOwn = db.prepare<Page & { viewer: string }, CallRow>(listSql('principal = @viewer'));
  // By the table's own order, which is that of calls' ends: no index is asked, nothing else is read.
  const attempts = db
    .prepare<[number], string>('SELECT attempts FROM calls ORDER BY rowid DESC LIMIT ?')
    .pluck();
  const page = (query: CallsQuery, viewer: Viewer): CallRow[] =>
    viewer === null ? list.all(toPage(query)) : listOwn.all({ ...toPage(query), viewer });
  return {
    get: (id, viewer) => answer(() => toWire(select.get({ id, viewer }))),
    list: (query, viewer) => answer(() => page(query, viewer).map(fromRow)),
    countedAttempts: (limit) =>
      answer(() => attempts.all(limit).reverse().flatMap(toAttempts).filter(isCounted)),
    sum: ({ groupBy, from, to }, viewer) =>
      answer(() => {
        const sums = db.prepare<{ from: number; to: number; viewer: Viewer }, SumRow>(
          sumSql(groupBy, viewer),
        );
        return sums.all({ from, to, viewer }).map(toSums);
      }),
    cacheUse: openCacheUse(db),
    promptUse: openPromptUse(db),
    spent: (now, viewer) => answer(() => days.spent(now, viewer)),
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
