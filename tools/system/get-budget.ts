import { GetBudgetInput, GetBudgetOutput } from '../../schemas/tools/get-budget.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { READ_ONLY } from '../annotations.ts';

export const getBudget = defineTool({
  name: 'get_budget',
  title: 'See your budget',
  description:
    'Shows the budgets that limit you, tightest first: limit, used, held, remaining and when each starts anew; and what was spent today and this month. A call is refused when its worst case (the most tokens its prompt can have, and the longest answer it may get) does not fit into what remains of each of them; a budget that lets answers finish takes one call at a time that only seems to fit, and `may_pass` says by how much it may pass its limit. `held` is the worst case of calls that are running: what they do not use is free again when they end. Call it before a long piece of work, or after an error that names a budget. Takes no input and costs nothing.',
  input: GetBudgetInput,
  output: GetBudgetOutput,
  examples: [{ title: 'No input', input: {} }],
  annotations: READ_ONLY,
  policy: { deadlineMs: 5_000 },
  run: async (_input, { principal, labels, budgets, ledger }) => ({
    principal: principal.id,
    budgets: await budgets.states({ principal, labels, tool: null }),
    spent: await ledger.spent(),
  }),
});
