import type { Database } from 'better-sqlite3';
import type { Viewer } from '../../ports.ts';
import { coverOf, DAY_MS, dayOf, QUARTER_MS, type Span } from './cover.ts';
import { attemptFacts, callFact, type Fact, type FactRow, type Kind } from './facts.ts';
import { addTo, nothing, SUMS, type Measures } from './measures.ts';
import { NO_NAME, type Names } from './names.ts';
import type { Rows } from './rows.ts';
import type { RollUpState } from './state.ts';
import type { DayDimension } from './tally.ts';
import { DAY_DIMENSIONS, KINDS } from './write-sums.ts';

/** What sums are told apart by: a dimension, or the UTC day as a number since the epoch. */
type GroupBy = DayDimension | 'day';

/** Sums of one name. */
export type Group = Measures & { name: string | null };

/** Adds up the calls of a time: from the sums as far as they go, else from the rows. */
export type Groups = (asked: Span & { by: GroupBy; viewer: Viewer }, state: RollUpState) => Group[];

interface GroupsParts {
  db: Database;
  names: Names;
  rows: Rows;
}

export function openGroups({ db, names, rows }: GroupsParts): Groups {
  const summed = openSummed(db);
  return ({ by, viewer, ...asked }, state) => {
    const found = new Map<string | null, Measures>();
    const add = (name: string | null, part: Measures): void => {
      const sum = found.get(name) ?? nothing();
      found.set(name, sum);
      addTo(sum, part);
    };
    const addRow = (row: FactRow): void => {
      for (const fact of factsOf(row, by)) add(nameIn(fact, by), fact.measures);
    };
    const cover = coverOf(asked, state);
    const id = names.find(viewer);
    if (id !== undefined) {
      const toName = by === 'day' ? String : (name: number) => names.nameOf(name);
      for (const span of cover.days)
        for (const { name, ...sum } of summed.days(by, id, span)) add(toName(name), sum);
      for (const span of cover.quarters)
        for (const { name, ...sum } of summed.quarters(by, id, span)) add(toName(name), sum);
      for (const span of cover.rows)
        for (const row of rows.summed(span, viewer, state)) addRow(row);
    }
    for (const row of rows.waiting(asked, viewer, state)) addRow(row);
    return [...found].map(([name, sum]) => ({ ...sum, name }));
  };
}

const kindOf = (by: GroupBy): Kind => (by === 'model' || by === 'purpose' ? 'attempts' : 'call');

const factsOf = (row: FactRow, by: GroupBy): Fact[] =>
  kindOf(by) === 'call' ? [callFact(row)] : attemptFacts(row);

function nameIn({ at, dimensions }: Fact, by: GroupBy): string | null {
  if (by === 'day') return String(dayOf(at));
  return by === 'all' ? null : dimensions[by];
}

type SumRow = Measures & { name: number };

interface Summed {
  days(by: GroupBy, viewer: number, span: Span): SumRow[];
  quarters(by: GroupBy, viewer: number, span: Span): SumRow[];
}

const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS;

/** The statements are made when they are first needed: there are many, and most are never. */
function openSummed(db: Database): Summed {
  const prepared = new Map<string, ReturnType<typeof db.prepare<unknown[], SumRow>>>();
  const ask = (sql: string, ...parameters: number[]): SumRow[] => {
    const statement = prepared.get(sql) ?? db.prepare<unknown[], SumRow>(sql);
    prepared.set(sql, statement);
    return statement.all(...parameters);
  };
  return {
    days: (by, viewer, { from, to }) =>
      ask(daysSql(by), DAY_DIMENSIONS[by === 'day' ? 'all' : by], viewer, from, to),
    quarters: (by, viewer, { from, to }) =>
      viewer === NO_NAME
        ? ask(quartersSql(by, ''), KINDS[kindOf(by)], from, to)
        : ask(quartersSql(by, 'AND principal = ?'), KINDS[kindOf(by)], from, to, viewer),
  };
}

const daysSql = (by: GroupBy): string => `
  SELECT ${by === 'day' ? 'day' : 'name'} AS name, ${SUMS} FROM usage_days
  WHERE patient() AND dimension = ? AND viewer = ? AND day >= ? AND day < ? GROUP BY 1`;

const quartersSql = (by: GroupBy, whose: string): string => `
  SELECT ${quarterName(by)} AS name, ${SUMS} FROM usage_quarters
  WHERE patient() AND kind = ? AND quarter >= ? AND quarter < ? ${whose} GROUP BY 1`;

function quarterName(by: GroupBy): string {
  if (by === 'day') return `quarter / ${String(QUARTERS_PER_DAY)}`;
  return by === 'all' ? String(NO_NAME) : by;
}
