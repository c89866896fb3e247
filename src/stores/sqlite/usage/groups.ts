import type { Database } from 'better-sqlite3';
import type { Viewer } from '../../ports/store.ts';
import { coverOf, DAY_MS, dayOf, QUARTER_MS, type Cover, type Span } from './cover.ts';
import { attemptFacts, callFact, type UsageFact, type FactRow, type FactKind } from './facts.ts';
import type { Measures } from './measures.ts';
import { NO_NAME, type Names } from './names.ts';
import type { Rows } from './rows.ts';
import type { RollUpState } from './state.ts';
import type { DayDimension } from './tally.ts';
import { DAY_DIMENSIONS, KINDS } from './write-sums.ts';

/** Key of sums: a dimension, or the UTC day as a number since the epoch. */
type GroupBy = DayDimension | 'day';

/** Measures that questions are about; others need not be read. */
const ASKED = [
  'calls',
  'failed',
  'attempts',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'output_tokens',
  'thinking_tokens',
  'cost_nano_usd',
  'saved_nano_usd',
  'prompt_cache_saved_nano_usd',
] as const;
type Asked = Pick<Measures, (typeof ASKED)[number]>;

/** Sums of one name. */
export type UsageGroup = Asked & { name: string | null };

/** Adds up the calls of a time: from the sums as far as they go, else from the rows. */
export type Groups = (
  asked: Span & { by: GroupBy; viewer: Viewer },
  state: RollUpState,
) => UsageGroup[];

interface GroupsParts {
  db: Database;
  names: Names;
  rows: Rows;
}

export function openGroups({ db, names, rows }: GroupsParts): Groups {
  const summed = openSummed(db);
  const nameOf = (name: number): string | null => names.nameOf(name);
  return ({ by, viewer, ...asked }, state) => {
    const cover = coverOf(asked, state, by === 'day' ? 'days' : 'weeks');
    const id = names.find(viewer);
    const found =
      id === undefined
        ? new Map<string | null, Asked>()
        : named(summed({ ...cover, by, viewer: id }), by === 'day' ? String : nameOf);
    const addRow = (row: FactRow): void => {
      for (const fact of factsOf(row, by)) add(found, nameIn(fact, by), fact.measures);
    };
    for (const span of cover.rows) for (const row of rows.summed(span, viewer, state)) addRow(row);
    for (const row of rows.waiting(asked, viewer, state)) addRow(row);
    return [...found].map(([name, sum]) => ({ ...sum, name }));
  };
}

/** Many spans have the same names: each is looked up once. */
const named = (
  sums: ReadonlyMap<number, Asked>,
  toName: (name: number) => string | null,
): Map<string | null, Asked> => new Map([...sums].map(([name, sum]) => [toName(name), sum]));

function add<Name>(sums: Map<Name, Asked>, name: Name, part: Asked): void {
  const sum = sums.get(name);
  if (!sum) sums.set(name, pick(part));
  else for (const measure of ASKED) sum[measure] += part[measure];
}

const pick = (part: Asked): Asked =>
  Object.fromEntries(ASKED.map((measure) => [measure, part[measure]])) as Asked;

const kindOf = (by: GroupBy): FactKind =>
  by === 'model' || by === 'purpose' ? 'attempts' : 'call';

const factsOf = (row: FactRow, by: GroupBy): UsageFact[] =>
  kindOf(by) === 'call' ? [callFact(row)] : attemptFacts(row);

function nameIn({ at, dimensions }: UsageFact, by: GroupBy): string | null {
  if (by === 'day') return String(dayOf(at));
  return by === 'all' ? null : dimensions[by];
}

type SumRow = Asked & { name: number };

const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS;

interface SummedQuery extends Omit<Cover, 'rows'> {
  by: GroupBy;
  viewer: number;
}

/** The statements are made when they are first needed: there are many, and most are never. */
function openSummed(db: Database): (query: SummedQuery) => Map<number, Asked> {
  const prepared = new Map<string, ReturnType<typeof db.prepare<unknown[], SumRow>>>();
  const ask = (sql: string, ...parameters: number[]): SumRow[] => {
    const statement = prepared.get(sql) ?? db.prepare<unknown[], SumRow>(sql);
    prepared.set(sql, statement);
    return statement.all(...parameters);
  };
  const ofWeeks = ({ by, viewer }: SummedQuery, { from, to }: Span): SumRow[] =>
    by === 'day' ? [] : ask(WEEKS_SQL, DAY_DIMENSIONS[by], viewer, from, to);
  const ofDays = ({ by, viewer }: SummedQuery, { from, to }: Span): SumRow[] =>
    ask(daysSql(by), DAY_DIMENSIONS[by === 'day' ? 'all' : by], viewer, from, to);
  const ofQuarters = ({ by, viewer }: SummedQuery, { from, to }: Span): SumRow[] =>
    viewer === NO_NAME
      ? ask(quartersSql(by, ''), KINDS[kindOf(by)], from, to)
      : ask(quartersSql(by, 'AND principal = ?'), KINDS[kindOf(by)], from, to, viewer);
  return (query) => {
    const sums = new Map<number, Asked>();
    for (const span of query.weeks)
      for (const row of ofWeeks(query, span)) add(sums, row.name, row);
    for (const span of query.days) for (const row of ofDays(query, span)) add(sums, row.name, row);
    for (const span of query.quarters)
      for (const row of ofQuarters(query, span)) add(sums, row.name, row);
    return sums;
  };
}

const SUMS = ASKED.map((measure) => `sum(${measure}) AS ${measure}`).join(', ');

/** Of many rows some are enough to ask whether there is time: asking takes as long as adding up. */
const inTime = (column: string): string => `(${column} % 16 <> 0 OR patient())`;

const WEEKS_SQL = `
  SELECT name, ${SUMS} FROM usage_weeks
  WHERE ${inTime('name')} AND dimension = ? AND viewer = ? AND week >= ? AND week < ? GROUP BY 1`;

const daysSql = (by: GroupBy): string => `
  SELECT ${by === 'day' ? 'day' : 'name'} AS name, ${SUMS} FROM usage_days
  WHERE ${inTime('name')} AND dimension = ? AND viewer = ? AND day >= ? AND day < ? GROUP BY 1`;

const quartersSql = (by: GroupBy, whose: string): string => `
  SELECT ${quarterName(by)} AS name, ${SUMS} FROM usage_quarters
  WHERE ${inTime('user + feature + tool')} AND kind = ? AND quarter >= ? AND quarter < ? ${whose} GROUP BY 1`;

function quarterName(by: GroupBy): string {
  if (by === 'day') return `quarter / ${String(QUARTERS_PER_DAY)}`;
  return by === 'all' ? String(NO_NAME) : by;
}
