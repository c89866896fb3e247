import type { Database } from 'better-sqlite3';
import {
  ATTEMPT_DIMENSIONS,
  CALL_DIMENSIONS,
  type Dimension,
  type Dimensions,
  type FactKind,
} from './facts.ts';
import { weekOfDay } from './cover.ts';
import { MEASURES, type Measures } from './measures.ts';
import type { Names } from './names.ts';
import type { DayDimension, UsageTally } from './tally.ts';

/** Numbers of kinds and dimensions in the tables: never another for the same. */
export const KINDS: Record<FactKind, number> = { call: 0, attempts: 1 };
export const DAY_DIMENSIONS: Record<DayDimension, number> = {
  all: 0,
  principal: 1,
  tool: 2,
  prompt: 3,
  feature: 4,
  user: 5,
  team: 6,
  served_by: 7,
  tier: 8,
  model: 9,
  purpose: 10,
};

/** The same in their order as columns of `usage_quarters`. */
const QUARTER_DIMENSIONS: readonly Dimension[] = [...CALL_DIMENSIONS, ...ATTEMPT_DIMENSIONS];

/** The tables of a set of sums: those that are kept, or a copy to compare them with. */
export interface SumTables {
  quarters: string;
  days: string;
  weeks: string;
  prompts: string;
  lists: string;
}
export const KEPT: SumTables = {
  quarters: 'usage_quarters',
  days: 'usage_days',
  weeks: 'usage_weeks',
  prompts: 'usage_prompts',
  lists: 'usage_lists',
};

/** Adds a tally to the sums, or takes it off; inside a transaction. */
export type WriteSums = (tally: UsageTally, sign: 1 | -1) => void;

export function openWriteSums(db: Database, names: Names, tables: SumTables = KEPT): WriteSums {
  const quarter = db.prepare<number[]>(
    upsert(tables.quarters, ['kind', 'quarter', ...QUARTER_DIMENSIONS]),
  );
  const day = db.prepare<number[]>(upsert(tables.days, ['dimension', 'viewer', 'day', 'name']));
  const week = db.prepare<number[]>(upsert(tables.weeks, ['dimension', 'viewer', 'week', 'name']));
  const prompt = db.prepare<number[]>(PROMPT.replace('@table', tables.prompts));
  const list = db.prepare<[...Place, string]>(
    `INSERT OR IGNORE INTO ${tables.lists} (viewer, finish, tool, call) VALUES (?, ?, ?, ?)`,
  );
  const unlist = db.prepare<[...Place, string]>(
    `DELETE FROM ${tables.lists} WHERE viewer = ? AND finish = ? AND tool = ? AND call = ?`,
  );
  return (tally, sign) => {
    const idOf = names.giving();
    const signed = (measures: Measures): number[] => MEASURES.map((each) => sign * measures[each]);
    const idsOf = (dimensions: Dimensions): number[] =>
      QUARTER_DIMENSIONS.map((dimension) => idOf(dimensions[dimension]));
    for (const sum of tally.quarters)
      quarter.run(KINDS[sum.kind], sum.quarter, ...idsOf(sum.dimensions), ...signed(sum.measures));
    for (const sum of tally.days) {
      const [dimension, viewer] = [DAY_DIMENSIONS[sum.dimension], idOf(sum.viewer)];
      const [name, measures] = [idOf(sum.name), signed(sum.measures)];
      day.run(dimension, viewer, sum.day, name, ...measures);
      week.run(dimension, viewer, weekOfDay(sum.day), name, ...measures);
    }
    for (const sum of tally.prompts)
      prompt.run(
        ...[idOf(sum.prompt), idOf(sum.version), idOf(sum.hash)],
        ...[sum.calls, sum.cached, sum.failed, sum.costNanoUsd].map((each) => sign * each),
        ...[sum.firstAt, sum.lastAt],
      );
    for (const { viewer, finish, tool, call } of tally.listed)
      (sign === 1 ? list : unlist).run(idOf(viewer), idOf(finish), idOf(tool), call);
  };
}

type Place = [viewer: number, finish: number, tool: number];

const upsert = (table: string, key: readonly string[]): string => {
  const columns = [...key, ...MEASURES];
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET
      ${MEASURES.map((measure) => `${measure} = ${measure} + excluded.${measure}`).join(', ')}`;
};

// A row that is taken off began when the one in its place does: it is the same call.
const PROMPT = `
  INSERT INTO @table (prompt, version, hash, calls, cached, failed, cost_nano_usd, first_at, last_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (prompt, version, hash) DO UPDATE SET calls = calls + excluded.calls,
    cached = cached + excluded.cached, failed = failed + excluded.failed,
    cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
    first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`;
