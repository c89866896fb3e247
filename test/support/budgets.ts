import { BudgetSettings, type BudgetDraft } from '../../schemas/wire/budget.ts';
import type { Config } from '../../src/config/read.ts';
import { fakeProvider } from './fake-provider.ts';
import { OWNER } from './owner.ts';
import { testApp } from './test-app.ts';

/** Settings with these budgets and no others. */
export const withBudgets = (budgets: Record<string, Partial<BudgetDraft>>): Partial<Config> => ({
  local_daily_usd: null,
  budgets: Object.fromEntries(
    Object.entries(budgets).map(([name, draft]) => [
      name,
      BudgetSettings.parse({
        scope: 'all',
        unit: 'usd',
        window: 'day',
        limit: 1,
        misfit: 'refuse',
        ...draft,
      }),
    ]),
  ),
});

/**
 * What a call will be held for at the worst, and what it must have to be let in where answers may
 * finish, US dollars, by an app that has learnt nothing yet.
 */
export async function expected(
  tool: string,
  input: unknown,
): Promise<{ worstUsd: number; likelyUsd: number }> {
  const app = testApp({ provider: fakeProvider({}) });
  try {
    const asked = { toolName: tool, input, principal: OWNER, labels: OWNER.labels };
    const { worstNanoUsd, highNanoUsd } = (await app.planFor(asked)).estimate();
    return { worstUsd: worstNanoUsd / 1e9, likelyUsd: highNanoUsd / 1e9 };
  } finally {
    await app.close();
  }
}
