import type { Database } from 'better-sqlite3';
import type { WireCallMeta } from '../../../../schemas/wire/call.ts';
import type { GetBudgetOutput } from '../../../../schemas/tools/get-budget.ts';
import type { CallsQuery } from '../../../core/services/ledger.ts';
import type { PromptUse } from '../../../core/call/prompt.ts';
import { toUsd } from '../../../core/call/wire.ts';
import type { CacheUse, Sums, SumQuery, Viewer } from '../../ports/store.ts';
import { DAY_MS, dayOf, type Span } from './cover.ts';
import { openGroups, type UsageGroup } from './groups.ts';
import { openLists } from './lists.ts';
import { openNames } from './names.ts';
import { openPromptUse } from './prompt-use.ts';
import { openRows } from './rows.ts';
import { openNewest, openState, type RollUpState } from './state.ts';

type Spent = GetBudgetOutput['spent'];

/** Questions to the ledger whose work may grow with it. Each is answered at once, from one snapshot. */
export interface Questions {
  sum(query: SumQuery, viewer: Viewer): Sums[];
  cacheUse(query: Span, viewer: Viewer): CacheUse;
  promptUse(promptId: string): PromptUse[];
  spent(now: number, viewer: Viewer): Spent;
  list(query: CallsQuery, viewer: Viewer): WireCallMeta[];
}

/** @param db with the function `patient`, see {@link openPatience} */
export function openQuestions(db: Database): Questions {
  const names = openNames(db);
  const state = openState(db);
  const groups = openGroups({ db, names, rows: openRows(db, openNewest(db)) });
  const promptUse = openPromptUse(db, names);
  const lists = openLists(db, names);
  /** Reads the sums and the rows beyond, as of one moment. */
  const inSnapshot = <Answer>(ask: (state: RollUpState) => Answer): Answer =>
    db.transaction(() => ask(state()))();
  return {
    sum: ({ groupBy, limit, ...span }, viewer) =>
      inSnapshot((now) =>
        groups({ ...span, by: groupBy, viewer }, now)
          .filter(({ calls }) => calls > 0)
          .sort(groupBy === 'day' ? byName : dearestFirst)
          .slice(0, limit ?? Infinity)
          .map((group) => ({ key: keyOf(group, groupBy), ...toSums(group) })),
      ),
    cacheUse: (span, viewer) =>
      inSnapshot((now) => cacheUse((by) => groups({ ...span, by, viewer }, now))),
    promptUse: (promptId) => inSnapshot((now) => promptUse(promptId, now)),
    spent: (at, viewer) =>
      inSnapshot((now) => spentAt(at, (span) => groups({ ...span, by: 'all', viewer }, now))),
    list: (query, viewer) => inSnapshot((now) => lists(query, viewer, now)),
  };
}

const byName = (a: UsageGroup, b: UsageGroup): number => Number(a.name) - Number(b.name);

/** Those without a name come first among equals, as in SQL. */
const dearestFirst = (a: UsageGroup, b: UsageGroup): number =>
  b.cost_nano_usd - a.cost_nano_usd ||
  Number(a.name !== null) - Number(b.name !== null) ||
  ((a.name ?? '') < (b.name ?? '') ? -1 : 1);

function keyOf({ name }: UsageGroup, groupBy: SumQuery['groupBy']): string | null {
  if (groupBy === 'all') return 'all';
  return groupBy === 'day' ? isoDay(Number(name)) : name;
}

const isoDay = (day: number): string =>
  new Date(day * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);

const promptTokens = (group: UsageGroup): number =>
  group.input_tokens +
  group.cache_read_tokens +
  group.cache_write_5m_tokens +
  group.cache_write_1h_tokens;

const toSums = (group: UsageGroup): Omit<Sums, 'key'> => ({
  calls: group.calls,
  failed: group.failed,
  input_tokens: promptTokens(group),
  output_tokens: group.output_tokens,
  thinking_tokens: group.thinking_tokens,
  cache_read_tokens: group.cache_read_tokens,
  cost_usd: toUsd(group.cost_nano_usd),
  saved_usd: toUsd(group.saved_nano_usd),
  prompt_cache_saved_usd: toUsd(group.prompt_cache_saved_nano_usd),
});

function cacheUse(groups: (by: 'tier' | 'purpose') => UsageGroup[]): CacheUse {
  const tiers = groups('tier')
    .filter(({ name, calls }) => name !== null && calls > 0)
    .sort((a, b) => b.calls - a.calls)
    .map(({ name, calls, saved_nano_usd: savedNanoUsd }) => ({
      tier: name === 'none' ? null : (name as CacheUse['tiers'][number]['tier']),
      calls,
      savedNanoUsd,
    }));
  const purposes = groups('purpose');
  const of = (purpose: string): CacheUse['judge'] => {
    const found = purposes.find(({ name }) => name === purpose);
    return { attempts: found?.attempts ?? 0, costNanoUsd: found?.cost_nano_usd ?? 0 };
  };
  return { tiers, judge: of('judge'), embed: of('embed') };
}

function spentAt(now: number, groups: (span: Span) => UsageGroup[]): Spent {
  const today = dayOf(now);
  const firstOfMonth = today - new Date(now).getUTCDate() + 1;
  const since = (day: number): Spent['today'] => {
    const [sum] = groups({ from: day * DAY_MS, to: (today + 1) * DAY_MS });
    return {
      since: `${isoDay(day)}T00:00:00.000Z`,
      calls: sum?.calls ?? 0,
      tokens: sum ? promptTokens(sum) + sum.output_tokens : 0,
      usd: toUsd(sum?.cost_nano_usd ?? 0),
    };
  };
  return { today: since(today), this_month: since(firstOfMonth) };
}
