import type { Database } from 'better-sqlite3';
import type { Difference } from '../../ports/store.ts';
import { FACT_COLUMNS, type FactRow } from '../usage/facts.ts';
import { MEASURES } from '../usage/measures.ts';
import { NO_NAME, openNames, type Names } from '../usage/names.ts';
import { openState } from '../usage/state.ts';
import { tallyOf } from '../usage/tally.ts';
import { KEPT, openWriteSums, type SumTables } from '../usage/write-sums.ts';

/** Rows that are added up at once. */
const BATCH = 2_000;

const AGAIN: SumTables = {
  quarters: 'again_quarters',
  days: 'again_days',
  weeks: 'again_weeks',
  prompts: 'again_prompts',
  lists: 'again_lists',
};

/** Columns with the values of a table: the rest is its key. */
const COUNTED: Record<keyof SumTables, readonly string[]> = {
  quarters: MEASURES,
  days: MEASURES,
  weeks: MEASURES,
  prompts: ['calls', 'cached', 'failed', 'cost_nano_usd', 'first_at', 'last_at'],
  lists: [],
};

/** Adds every row up again, beside the sums, and compares. For inside a transaction that reads. */
export function verifySums(db: Database): { rows: number; sums: number; found: Difference[] } {
  const tables = Object.keys(KEPT) as (keyof SumTables)[];
  for (const table of tables) copyTable(db, table);
  const rows = addUpAgain(db);
  const sums = tables.map((table) => countOf(db, AGAIN[table])).reduce((sum, each) => sum + each);
  const names = openNames(db);
  const found = tables.flatMap((table) => differencesIn(db, table, names));
  for (const table of tables) db.exec(`DROP TABLE temp.${AGAIN[table]}`);
  return { rows, sums, found };
}

function copyTable(db: Database, table: keyof SumTables): void {
  const sql = db
    .prepare<[string], string>("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?")
    .pluck()
    .get(KEPT[table]);
  if (sql === undefined) throw new Error(`the table ${KEPT[table]} is missing`);
  db.exec(sql.replace(`CREATE TABLE ${KEPT[table]}`, `CREATE TEMP TABLE ${AGAIN[table]}`));
}

function addUpAgain(db: Database): number {
  const { rolledUp } = openState(db)();
  const write = openWriteSums(db, withoutGiving(openNames(db)), AGAIN);
  const next = db.prepare<[number, number, number], FactRow>(
    `SELECT ${FACT_COLUMNS} FROM calls WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?`,
  );
  let [rows, last] = [0, 0];
  for (;;) {
    const batch = next.all(last, rolledUp, BATCH);
    const newest = batch.at(-1);
    if (!newest) return rows;
    write(tallyOf(batch), 1);
    rows += batch.length;
    last = newest.row;
  }
}

/** A name that has no number is one that the sums do not know: numbers below 0 are found nowhere. */
function withoutGiving(names: Names): Names {
  const unknown = new Map<string, number>();
  return {
    ...names,
    giving: () => (name) => {
      const id = names.find(name) ?? unknown.get(name ?? '') ?? -1 - unknown.size;
      if (name !== null && id < NO_NAME) unknown.set(name, id);
      return id;
    },
  };
}

const countOf = (db: Database, table: string): number =>
  db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;

type Row = Record<string, number | string>;

/** Rows kept and not found again, and found and not kept; sums of nothing are as good as none. */
function differencesIn(db: Database, table: keyof SumTables, names: Names): Difference[] {
  const counted = COUNTED[table];
  const isSomething =
    table === 'lists' ? 'TRUE' : counted.map((each) => `${each} <> 0`).join(' OR ');
  const some = table === 'prompts' ? 'calls <> 0' : isSomething;
  const rowsOf = (one: string, other: string): Row[] =>
    db.prepare<[], Row>(`SELECT * FROM ${one} WHERE ${some} EXCEPT SELECT * FROM ${other}`).all();
  const sides = new Map<string, { kept?: Row; again?: Row; key: Row }>();
  const put = (row: Row, side: 'kept' | 'again'): void => {
    const key = Object.fromEntries(Object.entries(row).filter(([name]) => !counted.includes(name)));
    const id = JSON.stringify(key);
    sides.set(id, { ...sides.get(id), key, [side]: row });
  };
  for (const row of rowsOf(KEPT[table], AGAIN[table])) put(row, 'kept');
  for (const row of rowsOf(AGAIN[table], KEPT[table])) put(row, 'again');
  const isWide = openIsWide(db, names);
  return [...sides.values()].flatMap(({ key, kept, again }) =>
    (counted.length === 0 ? ['calls'] : counted).flatMap((measure): Difference[] => {
      const [is, shall] = [valueOf(kept, measure), valueOf(again, measure)];
      const what = `${measure} of ${KEPT[table]} ${inWords(key, names)}`;
      if (is === shall || isWide(key, measure, [is, shall])) return [];
      return [{ what, kept: is, rows: shall }];
    }),
  );
}

type IsWide = (key: Row, measure: string, sides: [kept: number, rows: number]) => boolean;

/**
 * When a version was first and last used may be told of a row that was taken off: the one in its
 * place, which began at the same moment, is not in the sums yet. So all rows bound it.
 */
function openIsWide(db: Database, names: Names): IsWide {
  const extent = db.prepare<(string | null)[], { first: number; last: number }>(
    `SELECT min(started_at) AS first, max(started_at) AS last FROM calls
     WHERE prompt_id IS ? AND prompt_version IS ? AND prompt_hash IS ?`,
  );
  return ({ prompt, version, hash }, measure, [kept, rows]) => {
    if (measure !== 'first_at' && measure !== 'last_at') return false;
    const all = extent.get(...[prompt, version, hash].map((id) => names.nameOf(Number(id))));
    if (!all) return false;
    return measure === 'first_at'
      ? all.first <= kept && kept < rows
      : rows < kept && kept <= all.last;
  };
}

/** A list has no numbers: its rows are there once or not. */
const valueOf = (row: Row | undefined, measure: string): number =>
  row === undefined ? 0 : Number(row[measure] ?? 1);

const PLAIN = new Set(['kind', 'quarter', 'day', 'week', 'dimension', 'call']);

const inWords = (key: Row, names: Names): string =>
  Object.entries(key)
    .filter(([, value]) => value !== NO_NAME)
    .map(([column, value]) => {
      const name = PLAIN.has(column) ? value : (names.nameOf(Number(value)) ?? value);
      return `${column} ${String(name)}`;
    })
    .join(', ');
