import type { Budget, BudgetEvent, BudgetSettings } from '../../schemas/wire/budget.ts';
import type { Bearer, Budgets } from '../core/services/budgets.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import type { BudgetStore, PassedThreshold } from '../stores/ports/store.ts';
import { activeBudgets, type ActiveBudgets } from './active-budgets.ts';
import { metersOf, toMeter } from './meters.ts';
import { toRule, toWireAmount, type Metered } from './rule.ts';
import { statesFrom } from './states-from.ts';
import { tightestFirst } from './states.ts';
import { windowAt } from './windows.ts';

interface BudgetsParts {
  store: Omit<BudgetStore, 'hold'>;
  /** Those of the settings, by name. */
  declared: ReadonlyMap<string, BudgetSettings>;
  /** In force where nothing of its name is declared or set. */
  fallback: Budget | null;
  now: () => number;
}

interface BudgetService extends Budgets {
  /** The budgets that limit a call now, by name. */
  rulesFor(bearer: Bearer): Promise<Metered[]>;
}

/** Budgets of the settings and of the store as one. */
export function buildBudgets({ store, declared, fallback, now }: BudgetsParts): BudgetService {
  const current = remembering((set) => activeBudgets({ declared, set, fallback }));
  const inForceNow = async (): Promise<ActiveBudgets> => current(await store.definitions());
  const rulesFor = async (bearer: Bearer): Promise<Metered[]> =>
    metersOf((await inForceNow()).candidates(bearer), bearer, now());

  return {
    rulesFor,

    async states(bearer) {
      return tightestFirst(await statesFrom(store, await rulesFor(bearer)));
    },

    async list() {
      return [...(await inForceNow()).budgets];
    },

    async set(name, settings) {
      if (declared.has(name)) throw isDeclared(name);
      await store.put(name, settings);
      return { name, ...settings, source: 'set' };
    },

    async remove(name) {
      if (declared.has(name)) throw isDeclared(name);
      if (await store.remove(name)) return;
      throw name === fallback?.name ? isDefault(name) : isUnknown(name);
    },

    async reset(name, subject) {
      const of = subject?.normalize('NFC') ?? null;
      const budget = (await inForceNow()).find(name);
      if (!budget) throw isUnknown(name);
      if (of !== null && !counts(budget, of)) throw isNotCountedFor(budget, of);
      const rule = toRule(budget);
      const window = windowAt(rule.window, rule.timeZone, now());
      await store.reset({ ...toMeter({ rule, subject: '', window }), subject: of });
    },

    async events(query) {
      return (await store.passed(query)).map(toEvent);
    },
  };
}

type Definitions = Awaited<ReturnType<BudgetStore['definitions']>>;

/** The book returns the same definitions for as long as nothing changes: work on them is done once. */
function remembering<Result>(work: (set: Definitions) => Result): (set: Definitions) => Result {
  let last: { set: Definitions; result: Result } | null = null;
  return (set) => {
    if (last?.set !== set) last = { set, result: work(set) };
    return last.result;
  };
}

const counts = ({ scope, of }: Budget, subject: string): boolean =>
  scope !== 'all' && (of === null || of === subject);

const isUnknown = (name: string): ProblemError =>
  problem('unknown_budget', { detail: `There is no budget "${name}".` });

const isNotCountedFor = ({ name, scope, of }: Budget, subject: string): ProblemError => {
  const whose = of === null ? 'all calls together' : `the ${scope} "${of}" alone`;
  return problem('unknown_budget', {
    detail: `The budget "${name}" is counted for ${whose}: there is none of it for "${subject}".`,
  });
};

const isDeclared = (name: string): ProblemError =>
  problem('budget_declared', {
    detail: `The budget "${name}" is declared in tollgate.yaml: change it there and restart.`,
  });

const isDefault = (name: string): ProblemError => {
  const why = `Set another budget of the name "${name}", or local_daily_usd in tollgate.yaml (null: none)`;
  return problem('budget_declared', {
    detail: `The budget "${name}" is the default for callers without keys. ${why}.`,
    nextActions: [{ action: 'edit_settings', why }],
  });
};

const toEvent = (passed: PassedThreshold): BudgetEvent => ({
  at: new Date(passed.at).toISOString(),
  budget: passed.budget,
  of: passed.subject === '' ? null : passed.subject,
  window_start: new Date(passed.windowStart).toISOString(),
  percent: passed.percent,
  unit: passed.unit,
  limit: toWireAmount(passed, passed.limit),
  used: toWireAmount(passed, passed.used),
  call_id: passed.callId,
});
