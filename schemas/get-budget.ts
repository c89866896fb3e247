import { z } from 'zod';

export const GetBudgetInput = z.strictObject({});

const Spent = z.object({
  since: z.string().describe('Start of the window, ISO 8601, UTC'),
  calls: z.number().int().describe('Calls made'),
  tokens: z.number().int().describe('Input and output tokens'),
  usd: z.number().describe('Dollars spent'),
});

export const GetBudgetOutput = z.object({
  principal: z.string().describe('Whose budget this is'),
  budgets: z
    .array(
      z.object({
        budget: z.string().describe('Name of the budget'),
        unit: z.enum(['tokens', 'usd', 'requests']).describe('What it counts'),
        window: z.enum(['minute', 'hour', 'day', 'week', 'month']).describe('When it starts anew'),
        limit: z.number().describe('The most that may be used in a window'),
        used: z.number().describe('Used in this window'),
        remaining: z.number().describe('Left in this window'),
        resets_at: z.string().describe('Start of the next window, ISO 8601'),
      }),
    )
    .describe('Limits that apply to you; empty if nothing limits you'),
  spent: z
    .object({
      today: Spent.describe('Since midnight, UTC'),
      this_month: Spent.describe('Since the first of the month, UTC'),
    })
    .describe('What the ledger says was spent, limited or not'),
});
