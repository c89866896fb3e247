import type { Budget, BudgetSettings } from '../../schemas/wire/budget.ts';
import type { Bearer } from '../core/services/budgets.ts';
import { toRule, type Rule } from './rule.ts';

/** Every budget in force at a time, and the way from a caller to those that may limit it. */
export interface ActiveBudgets {
  /** By name. */
  budgets: readonly Budget[];
  find: (name: string) => Budget | undefined;
  /** Far fewer than all, by name; whether they do limit it, and in which window, is still to be seen. */
  candidates: (bearer: Bearer) => Rule[];
}

interface Sources {
  declared: ReadonlyMap<string, BudgetSettings>;
  set: ReadonlyMap<string, BudgetSettings>;
  /** Counts where nothing else has its name. */
  fallback: Budget | null;
}

/** Declared budgets hide those set under the same name, and both hide the default. */
export function activeBudgets({ declared, set, fallback }: Sources): ActiveBudgets {
  const all = new Map<string, Budget>();
  if (fallback) all.set(fallback.name, fallback);
  for (const [name, settings] of set) all.set(name, { name, ...settings, source: 'set' });
  for (const [name, settings] of declared) all.set(name, { name, ...settings, source: 'declared' });
  const budgets = [...all.values()].sort(byName);
  const index = indexOf(budgets);
  const ruleOf = convertingOnce();
  return {
    budgets,
    find: (name) => all.get(name),
    candidates: (bearer) => candidatesOf(index, bearer).map(ruleOf),
  };
}

/** Only what calls meet is converted: of a budget per user these are few at a time. */
function convertingOnce(): (budget: Budget) => Rule {
  const rules = new WeakMap<Budget, Rule>();
  return (budget) => {
    const rule = rules.get(budget) ?? toRule(budget);
    rules.set(budget, rule);
    return rule;
  };
}

const byName = (a: Budget, b: Budget): number => (a.name < b.name ? -1 : Number(a.name > b.name));

type Scope = Budget['scope'];

/** By scope and by whom they name; null: whoever it is. With a budget per user these are thousands. */
type Index = ReadonlyMap<Scope, ReadonlyMap<string | null, readonly Budget[]>>;

function indexOf(budgets: readonly Budget[]): Index {
  const index = new Map<Scope, Map<string | null, Budget[]>>();
  for (const budget of budgets) {
    const { scope, of } = budget;
    const ofScope = index.get(scope) ?? new Map<string | null, Budget[]>();
    const same = ofScope.get(of) ?? [];
    same.push(budget);
    index.set(scope, ofScope.set(of, same));
  }
  return index;
}

function candidatesOf(index: Index, { principal, labels, tool }: Bearer): Budget[] {
  const found = [
    ...named(index, 'all', null),
    ...named(index, 'principal', principal.id),
    ...named(index, 'team', labels.team),
    ...named(index, 'user', labels.user),
    ...named(index, 'feature', labels.feature),
    // A bearer naming no tool may call any, and there are few tools.
    ...(tool === null ? everyOf(index, 'tool') : named(index, 'tool', tool)),
  ];
  return found.sort(byName);
}

const everyOf = (index: Index, scope: Scope): Budget[] =>
  [...(index.get(scope)?.values() ?? [])].flat();

function named(index: Index, scope: Scope, subject: string | null): Budget[] {
  const ofScope = index.get(scope);
  const own = subject === null ? [] : (ofScope?.get(subject) ?? []);
  return [...(ofScope?.get(null) ?? []), ...own];
}
