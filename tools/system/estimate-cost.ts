import { EstimateCostInput, EstimateCostOutput } from '../../schemas/tools/estimate-cost.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { toUsd } from '../../src/core/call/wire.ts';
import { READ_ONLY } from '../annotations.ts';

export const estimateCost = defineTool({
  name: 'estimate_cost',
  title: 'Estimate what a call would cost',
  description:
    'Tells what a call of another tool would cost before you make it: tokens, dollars, which model would be asked and whether a stored answer would be served instead. Spends nothing. Use it before large inputs or when a budget is tight. The input must be one that the tool accepts.',
  input: EstimateCostInput,
  output: EstimateCostOutput,
  examples: [
    {
      title: 'A question to the handbook',
      input: { tool: 'answer_question', input: { question: 'How do I get my money back?' } },
    },
  ],
  annotations: READ_ONLY,
  policy: { deadlineMs: 5_000 },
  run: async ({ tool, input }, { estimate }) => {
    const estimated = await estimate(tool, input);
    if (!estimated) {
      return {
        tool,
        model: null,
        fallbacks: [],
        reason: 'This tool is a plain function: no model is asked and nothing is spent.',
        input_tokens: 0,
        output_tokens: 0,
        max_output_tokens: 0,
        cost_usd: 0,
        max_cost_usd: 0,
        cache: { would_answer: false, why: 'Answers of a plain function are never kept.' },
      };
    }
    const { plan, kept } = estimated;
    const expected = plan.estimate();
    const [model = null, ...fallbacks] = plan.models;
    return {
      tool,
      model,
      fallbacks,
      reason: plan.reason,
      input_tokens: expected.inputTokens,
      output_tokens: expected.outputTokens,
      max_output_tokens: plan.maxOutputTokens,
      cost_usd: toUsd(expected.expectedNanoUsd),
      max_cost_usd: toUsd(expected.worstNanoUsd),
      cache: { would_answer: kept.wouldAnswer, why: kept.why },
    };
  },
});
