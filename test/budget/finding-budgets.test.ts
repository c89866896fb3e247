import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetSettings } from '../../schemas/wire/budget.ts';
import { buildBudgets } from '../../src/budget/budgets.ts';
import { activeBudgets } from '../../src/budget/active-budgets.ts';
import { metersOf } from '../../src/budget/meters.ts';
import { toRule } from '../../src/budget/rule.ts';

import { NOW, bearer, open, openBook, settings } from './budgets-rig.ts';

const NAMES = ['shop', 'green', 'answer_question'];
const anyName = fc.option(fc.constantFrom(...NAMES), { nil: null });
const anySettings = fc
  .record({
    scope: fc.constantFrom('all', 'principal', 'team', 'user', 'feature', 'tool'),
    of: anyName,
  })
  .map(({ scope, of }) => settings({ scope, of: scope === 'all' ? null : of }));
const anyBearer = fc
  .record({ team: anyName, user: anyName, feature: anyName, tool: anyName, id: anyName })
  .map(({ id, tool, ...labels }) =>
    bearer({ ...labels, id: id ?? 'local', ...(tool !== null && { tool }) }),
  );

describe('finding the budgets of a call', () => {
  it('finds, by name, exactly those that a look at each of them would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,3}$/), anySettings),
        anyBearer,
        async (declared, who) => {
          const { budgets } = open({ declared });
          const all = (await budgets.list()).map(toRule);
          const found = await budgets.rulesFor(who);
          expect(found).toEqual(metersOf(all, who, NOW));
          const names = found.map(({ rule }) => rule.name);
          expect(names).toEqual([...names].sort());
        },
      ),
    );
  });

  it('looks at two of ten thousand where each user has one and all have one', () => {
    const users = Array.from({ length: 10_000 }, (_, index): [string, BudgetSettings] => [
      `user-${String(index)}`,
      settings({ scope: 'user', of: `u${String(index)}` }),
    ]);
    const set = new Map([...users, ['everyone', settings()]]);
    const { candidates } = activeBudgets({ declared: new Map(), set, fallback: null });
    const names = candidates(bearer({ user: 'u77' })).map(({ name }) => name);
    expect(names).toEqual(['everyone', 'user-77']);
  });

  it('prepares them once, for as long as the book says that nothing has changed', async () => {
    let read = 0;
    const counting = (entries: [string, BudgetSettings][]): Map<string, BudgetSettings> => {
      const map = new Map(entries);
      const iterate = (): MapIterator<[string, BudgetSettings]> => {
        read += 1;
        return map.entries();
      };
      return Object.defineProperty(map, Symbol.iterator, { value: iterate });
    };
    const { store } = openBook();
    let definitions = counting([['day', settings()]]);
    const budgets = buildBudgets({
      store: { ...store, definitions: () => Promise.resolve(definitions) },
      declared: new Map(),
      fallback: null,
      now: () => NOW,
    });
    const first = await budgets.rulesFor(bearer());
    expect(await budgets.rulesFor(bearer())).toEqual(first);
    expect(read).toBe(1);
    definitions = counting([]);
    expect(await budgets.rulesFor(bearer())).toEqual([]);
    expect(read).toBe(2);
  });
});
