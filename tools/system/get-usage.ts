import { GetUsageInput, GetUsageOutput } from '../../schemas/tools/get-usage.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { READ_ONLY } from '../annotations.ts';

export const getUsage = defineTool({
  name: 'get_usage',
  title: 'See what was used',
  description:
    'Sums the ledger by tool, model, prompt version, principal, feature, user, team or day: calls, tokens and dollars. Use it to find out what costs the money. For one call use get_call, for limits use get_budget. Costs nothing.',
  input: GetUsageInput,
  output: GetUsageOutput,
  examples: [{ title: 'By model', input: { group_by: 'model' } }],
  annotations: READ_ONLY,
  policy: { deadlineMs: 10_000 },
  run: (query, { ledger }) => ledger.usage(query),
});
