import { z } from 'zod';

export const EstimateCostInput = z.strictObject({
  tool: z.string().min(1).max(100).describe('Name of the tool you think of calling'),
  input: z.record(z.string(), z.unknown()).describe('The input you would send to it'),
});

export const EstimateCostOutput = z.object({
  tool: z.string().describe('The tool'),
  model: z.string().nullable().describe('Model that would be asked first; null for a function'),
  fallbacks: z.array(z.string()).describe('Models that would follow if it fails'),
  reason: z.string().describe('Why this model'),
  input_tokens: z.number().int().describe('Estimated prompt tokens'),
  output_tokens: z.number().int().describe('Usual number of tokens in an answer'),
  max_output_tokens: z.number().int().describe('Most tokens the model may write'),
  cost_usd: z.number().describe('Expected price, US dollars'),
  max_cost_usd: z.number().describe('Price if the model writes all it may, US dollars'),
  cache: z
    .object({
      would_answer: z.boolean().describe('Whether a stored answer would be served for free'),
      why: z.string().describe('The reason in one sentence'),
    })
    .describe('Whether a cache would answer'),
});
