import { GetCallInput, GetCallOutput } from '../../schemas/tools/get-call.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { READ_ONLY } from '../annotations.ts';

export const getCall = defineTool({
  name: 'get_call',
  title: 'Look up one call',
  description:
    'Shows the ledger row of one call: tool, prompt version, models asked, tokens, dollars, times and how it ended. Use it to explain a cost or a failure when you have a call id from an answer (`call.id`) or an error (`call_id`). Costs nothing.',
  input: GetCallInput,
  output: GetCallOutput,
  examples: [{ title: 'By id', input: { id: 'call_01KB4ZJ6F0M8X4V1Q2R3S4T5V6' } }],
  annotations: READ_ONLY,
  policy: { deadlineMs: 5_000 },
  run: ({ id }, { ledger }) => ledger.call(id),
});
