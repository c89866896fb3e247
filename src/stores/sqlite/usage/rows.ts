import type { Database } from 'better-sqlite3';
import type { Viewer } from '../../ports/store.ts';
import type { Span } from './cover.ts';
import { FACT_COLUMNS, type FactRow } from './facts.ts';
import type { RollUpState } from './state.ts';

/** Reading the ledger row by row: at the edges of a time, and what is not in the sums yet. */
export interface Rows {
  /** Of those that are in the sums. `from <= started < to`. */
  summed(span: Span, viewer: Viewer, state: RollUpState): Iterable<FactRow>;
  /** Of those that are not. */
  waiting(span: Span, viewer: Viewer, state: RollUpState): Iterable<FactRow>;
}

/** So many are read in their order; of more, as in the time after an upgrade, the index of times is asked. */
const IN_ORDER = 5_000;

// A plus keeps SQLite from the index of the column behind it.
const IN_TIME = 'started_at >= @from AND started_at < @to';
const SUMMED = { all: `+calls.rowid <= @row AND ${IN_TIME}`, viewer: 'principal' };
const FEW = {
  all: 'calls.rowid > @row AND +started_at >= @from AND +started_at < @to',
  viewer: '+principal',
};
const MANY = { all: `+calls.rowid > @row AND ${IN_TIME}`, viewer: 'principal' };

interface RowsQuery extends Span {
  row: number;
  viewer: string;
}

export function openRows(db: Database, newest: () => number): Rows {
  const prepare = (where: typeof SUMMED) => {
    const select = `SELECT ${FACT_COLUMNS} FROM calls WHERE patient() AND ${where.all}`;
    return {
      all: db.prepare<Omit<RowsQuery, 'viewer'>, FactRow>(select),
      own: db.prepare<RowsQuery, FactRow>(`${select} AND ${where.viewer} = @viewer`),
    };
  };
  const [summed, few, many] = [prepare(SUMMED), prepare(FEW), prepare(MANY)];

  const read = (
    { all, own }: ReturnType<typeof prepare>,
    asked: Omit<RowsQuery, 'viewer'>,
    viewer: Viewer,
  ): Iterable<FactRow> =>
    viewer === null ? all.iterate(asked) : own.iterate({ ...asked, viewer });

  return {
    summed: (span, viewer, { rolledUp }) => read(summed, { ...span, row: rolledUp }, viewer),
    waiting(span, viewer, { rolledUp }) {
      const isFew = newest() - rolledUp <= IN_ORDER;
      return read(isFew ? few : many, { ...span, row: rolledUp }, viewer);
    },
  };
}
