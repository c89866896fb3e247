import type { Budget, BudgetEvent, BudgetState, Unit } from '../../../schemas/wire/budget.ts';
import { toTable, type Column } from '../shared/table.ts';

/** A budget with how it stands, where it is counted once. */
type BudgetRow = Budget & { state: BudgetState | null };

const amount = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 9 });

const whose = ({ scope, of }: Pick<Budget, 'scope' | 'of'>): string => {
  if (scope === 'all') return 'all calls';
  return of === null ? `each ${scope}` : `${scope} ${of}`;
};

const most = ({ limit, unit, window, time_zone: zone }: Budget): string =>
  `${amount(limit)} ${unit} per ${window}${zone === 'UTC' ? '' : ` (${zone})`}`;

/** To the second. */
const moment = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

const AS_THE_TOOL_SAYS = 'as the tool says';

/** One budget in a line. */
export const inWords = (budget: Budget): string =>
  `${budget.name}: ${whose(budget)}, ${most(budget)}`;

const counted = (title: string, key: 'used' | 'held' | 'remaining'): Column<BudgetRow> => ({
  title,
  cell: ({ state }) => (state === null ? '' : amount(state[key])),
  isAmount: true,
});

const BUDGET_COLUMNS: readonly Column<BudgetRow>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'counts', cell: whose },
  { title: 'limit', cell: most },
  { title: 'misfit', cell: ({ misfit }) => misfit ?? AS_THE_TOOL_SAYS },
  { title: 'overrun', cell: ({ overrun }) => overrun ?? AS_THE_TOOL_SAYS },
  { title: 'source', cell: ({ source }) => source },
  counted('used', 'used'),
  counted('held', 'held'),
  counted('left', 'remaining'),
  { title: 'resets', cell: ({ state }) => (state === null ? '' : moment(state.resets_at)) },
];

const NO_BUDGETS =
  'Nothing is limited. Make a budget: tollgate budgets set NAME --scope team --usd 50 --per day';

export const listTable = (rows: readonly BudgetRow[]): string =>
  rows.length === 0 ? NO_BUDGETS : toTable(BUDGET_COLUMNS, rows);

const inUnit = (value: number, unit: Unit): string => `${amount(value)} ${unit}`;

const EVENT_COLUMNS: readonly Column<BudgetEvent>[] = [
  { title: 'at', cell: ({ at }) => moment(at) },
  { title: 'budget', cell: ({ budget }) => budget },
  { title: 'of', cell: ({ of }) => of ?? '' },
  { title: 'percent', cell: ({ percent }) => String(percent), isAmount: true },
  { title: 'used', cell: ({ used, unit }) => inUnit(used, unit), isAmount: true },
  { title: 'limit', cell: ({ limit, unit }) => inUnit(limit, unit), isAmount: true },
  { title: 'window', cell: ({ window_start: start }) => moment(start) },
  { title: 'call', cell: ({ call_id: id }) => id },
];

const NO_EVENTS = 'No budget has passed a threshold yet.';

export const eventTable = (events: readonly BudgetEvent[]): string =>
  events.length === 0 ? NO_EVENTS : toTable(EVENT_COLUMNS, events);
