import { GetBudgetInput, GetBudgetOutput } from '../schemas/get-budget.ts';
import type { Books } from '../src/call/books.ts';
import { defineTool } from '../src/call/tool.ts';
import { READS_OUR_BOOKS } from './annotations.ts';

export const getBudget = defineTool({
  name: 'get_budget',
  title: 'See your budget',
  description:
    'Shows the budgets that limit you, with what is used, left and when each starts anew, and what was spent today and this month. Call it before a long piece of work, or after an error that names a budget. Takes no input and costs nothing.',
  input: GetBudgetInput,
  output: GetBudgetOutput,
  examples: [{ title: 'No input', input: {} }],
  annotations: READS_OUR_BOOKS,
  policy: { deadlineMs: 5_000 },
  run: async (_input, { principal, books, now }) => {
    const at = new Date(now());
    const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
    return {
      principal,
      budgets: [],
      spent: {
        today: await spentSince(books, Date.UTC(year, month, day), at.getTime()),
        this_month: await spentSince(books, Date.UTC(year, month), at.getTime()),
      },
    };
  },
});

async function spentSince(books: Books, from: number, now: number) {
  const since = new Date(from).toISOString();
  const { total } = await books.usage({
    group_by: 'principal',
    from: since,
    to: new Date(now + 1).toISOString(),
  });
  return {
    since,
    calls: total.calls,
    tokens: total.input_tokens + total.output_tokens,
    usd: total.cost_usd,
  };
}
