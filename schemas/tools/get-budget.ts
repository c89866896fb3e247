import { z } from 'zod';
import { BudgetState } from '../wire/budget.ts';

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
    .array(BudgetState)
    .describe('Limits that apply to you, tightest first; empty if nothing limits you'),
  spent: z
    .object({
      today: Spent.describe('Since midnight, UTC'),
      this_month: Spent.describe('Since the first of the month, UTC'),
    })
    .describe('What your calls have spent, limited or not'),
});

export type GetBudgetOutput = z.infer<typeof GetBudgetOutput>;
