import { z } from 'zod';

const moment = (what: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/, {
      message: 'Must be a date (2026-11-23) or a time with zone (2026-11-23T10:00:00Z)',
      abort: true,
    })
    .refine((text) => !Number.isNaN(Date.parse(text)), { message: 'There is no such day or time' })
    .optional()
    .describe(what);

export const GetUsageInput = z.strictObject({
  group_by: z
    .enum(['tool', 'model', 'prompt', 'principal', 'feature', 'user', 'team', 'day'])
    .default('tool')
    .describe('What to sum by'),
  from: moment('First moment, a date or ISO time in UTC; default: 30 days ago'),
  to: moment('End, not included; default: now'),
});

export const UsageSums = z.object({
  calls: z.number().int().describe('Calls, failed ones included'),
  failed: z.number().int().describe('Calls that gave no whole answer'),
  input_tokens: z.number().int().describe('Prompt tokens, cached ones included'),
  output_tokens: z.number().int().describe('Tokens the models wrote'),
  thinking_tokens: z.number().int().describe('The part of them that was thinking'),
  cache_read_tokens: z.number().int().describe('Prompt tokens read from the provider cache'),
  cost_usd: z.number().describe('Dollars spent'),
  saved_usd: z.number().describe('Dollars saved by stored answers'),
  prompt_cache_saved_usd: z
    .number()
    .describe("Dollars saved by the provider's prompt cache, what writing to it cost taken off"),
});

export const GetUsageOutput = z.object({
  group_by: z.string().describe('What was summed by'),
  from: z.string().describe('First moment, ISO 8601, UTC'),
  to: z.string().describe('End, not included, ISO 8601, UTC'),
  rows: z
    .array(
      z.object({
        key: z.string().nullable().describe('Value grouped by; null where calls had none'),
        ...UsageSums.shape,
      }),
    )
    .describe('One row per value, dearest first (days in order), at most 1,000'),
  more: z.boolean().describe('Whether there are further values, which only the total counts'),
  total: UsageSums.describe('All calls of that time'),
});

export type UsageQuery = z.infer<typeof GetUsageInput>;
export type UsageReport = z.infer<typeof GetUsageOutput>;
export type UsageSums = z.infer<typeof UsageSums>;
