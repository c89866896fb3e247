import { GetUsageInput, GetUsageOutput } from '../../schemas/tools/get-usage.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { READS_OUR_BOOKS } from '../annotations.ts';

export const getUsage = defineTool({
  name: 'get_usage',
  title: 'See what was used',
  description:
    'Sums the ledger by tool, model, prompt version, principal, feature, user, team or day: calls, tokens and dollars. Use it to find out what costs the money. For one call use get_call, for limits use get_budget. Costs nothing.',
  input: GetUsageInput,
  output: GetUsageOutput,
  examples: [{ title: 'By model', input: { group_by: 'model' } }],
  annotations: READS_OUR_BOOKS,
  policy: { deadlineMs: 10_000 },
  run: (query, { books }) => books.usage(query),
});
