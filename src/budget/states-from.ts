import type { Budget, BudgetState } from '../../schemas/wire/budget.ts';
import type { BudgetStore } from '../stores/ports/store.ts';
import { toMeter } from './meters.ts';
import { toRule, type Metered } from './rule.ts';
import { toStates } from './states.ts';
import { windowAt } from './windows.ts';

type StandingsStore = Pick<BudgetStore, 'standings'>;

/** States now, in the order given. */
export async function statesFrom(
  store: StandingsStore,
  metered: readonly Metered[],
): Promise<BudgetState[]> {
  if (metered.length === 0) return [];
  return toStates(metered, await store.standings(metered.map(toMeter)));
}

/**
 * States of the budgets that are counted once: for all calls, or for the one they name. Of the
 * others there are as many states as there are teams, users and so on.
 * @param at milliseconds since the epoch
 * @returns by name of the budget
 */
export async function singleStates(
  store: StandingsStore,
  budgets: readonly Budget[],
  at: number,
): Promise<ReadonlyMap<string, BudgetState>> {
  const metered = budgets
    .filter(({ scope, of }) => scope === 'all' || of !== null)
    .map((budget): Metered => {
      const rule = toRule(budget);
      return { rule, subject: rule.of ?? '', window: windowAt(rule.window, rule.timeZone, at) };
    });
  const states = await statesFrom(store, metered);
  return new Map(states.map((state) => [state.budget, state]));
}
