import { dayOf, quarterOf } from './cover.ts';
import {
  ATTEMPT_DIMENSIONS,
  CALL_DIMENSIONS,
  attemptFacts,
  callFact,
  isHit,
  type Dimension,
  type Dimensions,
  type UsageFact,
  type FactRow,
  type FactKind,
} from './facts.ts';
import { addTo, nothing, type Measures } from './measures.ts';

/** Of a day, by one dimension; `all` has one name. */
export type DayDimension = Dimension | 'all';

/** Sums by everything at once, within a quarter of an hour. */
interface QuarterSum {
  kind: FactKind;
  quarter: number;
  dimensions: Dimensions;
  measures: Measures;
}

interface DaySum {
  dimension: DayDimension;
  /** Null: everybody. */
  viewer: string | null;
  day: number;
  name: string | null;
  measures: Measures;
}

interface PromptSum {
  prompt: string;
  version: string | null;
  hash: string | null;
  calls: number;
  cached: number;
  failed: number;
  costNanoUsd: number;
  firstAt: number;
  lastAt: number;
}

interface Listed {
  viewer: string | null;
  finish: string;
  /** Null: under every tool. */
  tool: string | null;
  call: string;
}

/** Addends to the sums. */
export interface UsageTally {
  quarters: QuarterSum[];
  days: DaySum[];
  prompts: PromptSum[];
  listed: Listed[];
  firstAt: number;
  lastAt: number;
}

/** Adds rows up, before anything is written: many rows touch the same few sums. */
export function tallyOf(rows: Iterable<FactRow>): UsageTally {
  const quarters = new Map<string, QuarterSum>();
  const days = new Map<string, DaySum>();
  const prompts = new Map<string, PromptSum>();
  const listed: Listed[] = [];
  const numberOf = openNumbers();
  let [firstAt, lastAt] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const fact of [callFact(row), ...attemptFacts(row)]) {
      addQuarter(quarters, fact, numberOf);
      addDays(days, fact, numberOf);
    }
    addPrompt(prompts, row);
    addListed(listed, row);
    firstAt = Math.min(firstAt, row.started_at);
    lastAt = Math.max(lastAt, row.started_at);
  }
  return {
    quarters: [...quarters.values()],
    days: [...days.values()],
    prompts: [...prompts.values()],
    listed,
    firstAt,
    lastAt,
  };
}

/** Names as numbers that are short in a key, and apart whatever a name consists of. */
function openNumbers(): (name: string | null) => number {
  const numbers = new Map<string | null, number>();
  return (name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
}
type Numbers = ReturnType<typeof openNumbers>;

function addQuarter(sums: Map<string, QuarterSum>, fact: UsageFact, numberOf: Numbers): void {
  const { kind, at, dimensions, measures } = fact;
  const quarter = quarterOf(at);
  let key = `${kind} ${String(quarter)}`;
  for (const dimension of ALL) key += ` ${String(numberOf(dimensions[dimension]))}`;
  let sum = sums.get(key);
  if (!sum) {
    sum = { kind, quarter, dimensions, measures: nothing() };
    sums.set(key, sum);
  }
  addTo(sum.measures, measures);
}

const ALL: readonly Dimension[] = [...CALL_DIMENSIONS, ...ATTEMPT_DIMENSIONS];
const OF_CALLS: readonly DayDimension[] = ['all', ...CALL_DIMENSIONS];

function addDays(sums: Map<string, DaySum>, fact: UsageFact, numberOf: Numbers): void {
  const { kind, at, dimensions, measures } = fact;
  const day = dayOf(at);
  for (const dimension of kind === 'call' ? OF_CALLS : ATTEMPT_DIMENSIONS) {
    const name = dimension === 'all' ? null : dimensions[dimension];
    for (const viewer of [null, dimensions.principal]) {
      const key = `${dimension} ${String(numberOf(viewer))} ${String(day)} ${String(numberOf(name))}`;
      let sum = sums.get(key);
      if (!sum) {
        sum = { dimension, viewer, day, name, measures: nothing() };
        sums.set(key, sum);
      }
      addTo(sum.measures, measures);
    }
  }
}

function addListed(listed: Listed[], { id: call, principal, finish, tool }: FactRow): void {
  for (const viewer of [null, principal]) {
    listed.push({ viewer, finish, tool, call });
    if (finish !== 'complete') listed.push({ viewer, finish, tool: null, call });
  }
}

function addPrompt(sums: Map<string, PromptSum>, row: FactRow): void {
  const { prompt_id: prompt, prompt_version: version, prompt_hash: hash, started_at: at } = row;
  if (prompt === null) return;
  const key = JSON.stringify([prompt, version, hash]);
  let sum = sums.get(key);
  if (!sum) {
    sum = {
      prompt,
      version,
      hash,
      calls: 0,
      cached: 0,
      failed: 0,
      costNanoUsd: 0,
      firstAt: at,
      lastAt: at,
    };
    sums.set(key, sum);
  }
  sum.calls += 1;
  if (isHit(row.served_by)) sum.cached += 1;
  if (row.error_code !== null) sum.failed += 1;
  sum.costNanoUsd += row.cost_nano_usd;
  sum.firstAt = Math.min(sum.firstAt, at);
  sum.lastAt = Math.max(sum.lastAt, at);
}
