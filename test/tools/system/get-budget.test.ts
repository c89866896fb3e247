import { describe, expect, it } from 'vitest';
import type { BudgetState } from '../../../schemas/wire/budget.ts';
import { GetBudgetOutput } from '../../../schemas/tools/get-budget.ts';
import type { Bearer } from '../../../src/core/services/budgets.ts';
import type { ToolContext } from '../../../src/core/tool/define-tool.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import { getBudget } from '../../../tools/system/get-budget.ts';

const STATE: BudgetState = {
  budget: 'shop-day',
  scope: 'team',
  of: 'shop',
  unit: 'usd',
  window: 'day',
  limit: 50,
  used: 20,
  held: 5,
  remaining: 25,
  may_pass: 0,
  resets_at: '2026-11-27T00:00:00.000Z',
};
const since = '2026-11-26T00:00:00.000Z';
const SPENT = {
  today: { since, calls: 3, tokens: 900, usd: 0.02 },
  this_month: { since: '2026-11-01T00:00:00.000Z', calls: 9, tokens: 4_000, usd: 0.1 },
};

describe('get_budget', () => {
  const asked: Bearer[] = [];
  const context = {
    principal: { ...LOCAL, id: 'shop-key' },
    labels: { team: 'shop', user: null, feature: null },
    budgets: {
      states: (bearer: Bearer) => {
        asked.push(bearer);
        return Promise.resolve([STATE]);
      },
    },
    ledger: { spent: () => Promise.resolve(SPENT) },
  };

  it('shows the budgets of whoever asks, whatever tool it means to call, and what it has spent', async () => {
    const output = await getBudget.run({} as never, context as unknown as ToolContext);
    expect(GetBudgetOutput.parse(output)).toEqual({
      principal: 'shop-key',
      budgets: [STATE],
      spent: SPENT,
    });
    const { principal, labels } = context;
    expect(asked).toEqual([{ principal, labels, tool: null }]);
  });

  it('tells an agent when a call is refused, and what `held` is', () => {
    expect(getBudget.description).toMatch(/refused when its worst case/);
    expect(getBudget.description).toContain('`held`');
  });
});
