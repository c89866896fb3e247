import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetSettings, BudgetState, type BudgetDraft } from '../../schemas/wire/budget.ts';
import { toMeter } from '../../src/budget/meters.ts';
import { toRule, type Metered } from '../../src/budget/rule.ts';
import { remainingOf, tightestFirst, toState } from '../../src/budget/states.ts';
import type { Standing } from '../../src/core/call/hold.ts';

const metered = (draft: Partial<BudgetDraft> = {}, subject = 'green'): Metered => ({
  rule: toRule({
    name: 'green-day',
    source: 'set',
    ...BudgetSettings.parse({
      scope: 'team',
      unit: 'tokens',
      window: 'day',
      limit: 1_000,
      ...draft,
    }),
  }),
  subject,
  window: { start: Date.parse('2026-11-23T00:00:00Z'), end: Date.parse('2026-11-24T00:00:00Z') },
});
const standing = (of: Metered, used: number, held: number): Standing => ({
  ...toMeter(of),
  used,
  held,
  mayPass: 0,
});
const stateOf = (of: Metered, used: number, held: number): BudgetState =>
  toState(of, standing(of, used, held));

describe('the state of a budget', () => {
  it('says how it stands, in the words of the wire', () => {
    const state = stateOf(metered(), 200, 300);
    expect(state).toEqual({
      budget: 'green-day',
      scope: 'team',
      of: 'green',
      unit: 'tokens',
      window: 'day',
      limit: 1_000,
      used: 200,
      held: 300,
      remaining: 500,
      may_pass: 0,
      resets_at: '2026-11-24T00:00:00.000Z',
    });
    expect(BudgetState.parse(state)).toEqual(state);
  });

  it('is in dollars where money is counted', () => {
    const usd = metered({ unit: 'usd', limit: 2.5 });
    expect(stateOf(usd, 1_000_000_000, 250_000_001)).toMatchObject({
      limit: 2.5,
      used: 1,
      held: 0.250000001,
      remaining: 1.249999999,
    });
  });

  it('is of nobody in particular where every call is counted together', () => {
    expect(stateOf(metered({ scope: 'all' }, ''), 0, 0).of).toBeNull();
  });

  it('has never less than nothing left, and what is left, used and held is the limit', () => {
    const taken = fc.tuple(fc.nat(2_000_000_000), fc.nat(2_000_000_000));
    const unit = fc.constantFrom('tokens' as const, 'usd' as const, 'requests' as const);
    fc.assert(
      fc.property(unit, fc.integer({ min: 1, max: 3 }), taken, (of, limit, [used, held]) => {
        const each = metered({ unit: of, limit: of === 'usd' ? limit : limit * 1_000_000_000 });
        const left = remainingOf(each, standing(each, used, held));
        expect(left).toBe(used + held > each.rule.limit ? 0 : each.rule.limit - used - held);
        const { remaining } = stateOf(each, used, held);
        expect(remaining).toBe(of === 'usd' ? left / 1e9 : left);
      }),
    );
  });
});

describe('budgets, tightest first', () => {
  const full = stateOf(metered({ limit: 10 }), 0, 0);
  const half = stateOf(metered({ limit: 1_000_000 }), 500_000, 0);
  const tenth = stateOf(metered({ unit: 'usd', limit: 100 }), 60_000_000_000, 30_000_000_000);
  const spent = stateOf(metered({ limit: 50_000 }), 60_000, 0);

  it('are ordered by the part that is left, not by the amount', () => {
    expect(tightestFirst([full, half, tenth, spent])).toEqual([spent, tenth, half, full]);
  });

  it('keep their order where the same part is left, and the list given stays as it was', () => {
    const given = [full, { ...half, budget: 'b' }, { ...half, budget: 'a' }, spent];
    const before = [...given];
    const names = tightestFirst(given).map(({ budget }) => budget);
    expect(names).toEqual(['green-day', 'b', 'a', 'green-day']);
    expect(given).toEqual(before);
  });
});
