import { BudgetSettings, type Budget } from '../../schemas/wire/budget.ts';
import type { BudgetDraft } from '../../schemas/wire/budget.ts';
import { buildBudgets } from '../../src/budget/budgets.ts';
import type { Bearer } from '../../src/core/services/budgets.ts';
import type { Meter, Standing } from '../../src/core/call/hold.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import type { BudgetStore, PassedThreshold } from '../../src/stores/ports/store.ts';

export const NOW = Date.parse('2026-11-26T10:30:00Z');

export const settings = (draft: Partial<BudgetDraft> = {}): BudgetSettings =>
  BudgetSettings.parse({ scope: 'all', unit: 'tokens', window: 'day', limit: 100, ...draft });
export const named = (name: string, draft: Partial<BudgetDraft> = {}): Budget => ({
  name,
  source: 'default',
  ...settings(draft),
});
export const bearer = (
  given: Partial<Bearer['labels']> & { id?: string; tool?: string } = {},
): Bearer => {
  const { id = 'local', tool = null, ...labels } = given;
  return {
    principal: { ...LOCAL, id },
    labels: { team: null, user: null, feature: null, ...labels },
    tool,
  };
};

/** A book in memory that notes what it is asked. */
export function openBook(used: Record<string, number> = {}) {
  let definitions: ReadonlyMap<string, BudgetSettings> = new Map();
  const resets: unknown[] = [];
  const passed: PassedThreshold[] = [];
  const change = (edit: (copy: Map<string, BudgetSettings>) => unknown): void => {
    const copy = new Map(definitions);
    edit(copy);
    definitions = copy;
  };
  const store: Omit<BudgetStore, 'hold'> = {
    standings: (meters) =>
      Promise.resolve(
        meters.map((meter: Meter): Standing => ({
          ...meter,
          used: used[`${meter.budget}/${meter.subject}`] ?? 0,
          held: 1,
          mayPass: 0,
        })),
      ),
    reset: (...asked) => {
      resets.push(asked);
      return Promise.resolve();
    },
    passed: () => Promise.resolve(passed),
    definitions: () => Promise.resolve(definitions),
    put: (name, given) => {
      change((copy) => copy.set(name, given));
      return Promise.resolve();
    },
    remove: (name) => {
      const known = definitions.has(name);
      change((copy) => copy.delete(name));
      return Promise.resolve(known);
    },
  };
  return { store, resets, passed };
}

export interface BudgetFixture {
  declared?: Record<string, BudgetSettings>;
  fallback?: Budget | null;
  used?: Record<string, number>;
}
export function open({ declared = {}, fallback = null, used = {} }: BudgetFixture = {}) {
  const kept = openBook(used);
  const declaredBudgets = new Map(Object.entries(declared));
  const parts = { store: kept.store, declared: declaredBudgets, fallback, now: () => NOW };
  return { ...kept, budgets: buildBudgets(parts) };
}
