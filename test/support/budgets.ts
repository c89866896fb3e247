import { BudgetSettings, type BudgetDraft } from '../../schemas/budget.ts';
import type { Config } from '../../src/config.ts';
import { fakeProvider } from './fake-provider.ts';
import { invoke, testApp } from './test-app.ts';

/** Settings with these budgets and no others. */
export const withBudgets = (budgets: Record<string, Partial<BudgetDraft>>): Partial<Config> => ({
  local_daily_usd: null,
  budgets: Object.fromEntries(
    Object.entries(budgets).map(([name, draft]) => [
      name,
      BudgetSettings.parse({
        ...{ scope: 'all', unit: 'usd', window: 'day', limit: 1, misfit: 'refuse' },
        ...draft,
      }),
    ]),
  ),
});

/** What a call will be held for at the worst, US dollars, by an app that has learnt nothing yet. */
export async function expected(tool: string, input: unknown): Promise<{ worstUsd: number }> {
  const app = testApp({ provider: fakeProvider({}) });
  try {
    const ended = await invoke(app, 'estimate_cost', { tool, input });
    if (!ended.ok) throw ended.problem;
    const { max_cost_usd: worstUsd } = ended.output as { max_cost_usd: number };
    return { worstUsd };
  } finally {
    await app.close();
  }
}
