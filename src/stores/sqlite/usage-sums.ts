import type { UsageSums } from '../../../schemas/get-usage.ts';
import { toUsd } from '../../call/wire.ts';
import type { Grouping, Viewer } from '../ports.ts';

export interface SumRow {
  key: string | null;
  calls: number;
  failed: number;
  input_tokens: number;
  output_tokens: number;
  thinking_tokens: number;
  cache_read_tokens: number;
  cost_nano_usd: number;
  saved_nano_usd: number;
  prompt_cache_saved_nano_usd: number;
}

const KEYS: Record<Exclude<Grouping, 'model'>, string> = {
  all: "'all'",
  tool: 'tool',
  prompt: "prompt_id || '@' || prompt_version",
  principal: 'principal',
  feature: 'feature',
  user: 'user',
  team: 'team',
  day: "strftime('%Y-%m-%d', started_at / 1000, 'unixepoch')",
};

const WHOSE = { all: '', own: 'AND principal = @viewer' };

/** SQL over `@from <= started_at < @to`, of one viewer or of all: dearest first, days in order. */
export const sumSql = (groupBy: Grouping, viewer: Viewer): string => {
  const whose = viewer === null ? WHOSE.all : WHOSE.own;
  return groupBy === 'model' ? sumByModel(whose) : sumByColumn(groupBy, whose);
};

const sumByColumn = (groupBy: Exclude<Grouping, 'model'>, whose: string): string => `
       SELECT ${KEYS[groupBy]} AS key, count(*) AS calls, sum(finish <> 'complete') AS failed,
         sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) AS input_tokens,
         sum(output_tokens) AS output_tokens, sum(thinking_tokens) AS thinking_tokens,
         sum(cache_read_tokens) AS cache_read_tokens,
         sum(cost_nano_usd) AS cost_nano_usd, sum(saved_nano_usd) AS saved_nano_usd,
         sum(prompt_cache_saved_nano_usd) AS prompt_cache_saved_nano_usd
       FROM calls WHERE started_at >= @from AND started_at < @to ${whose}
       GROUP BY key ORDER BY ${groupBy === 'day' ? 'key' : 'cost_nano_usd DESC, key'}`;

/**
 * Money by model is money by attempt: a call that failed on one model and was answered by another
 * has spent on both. A call that asked no model counts under no model.
 */
const sumByModel = (whose: string): string => `
  SELECT attempt.value ->> 'model' AS key, count(DISTINCT calls.id) AS calls,
    count(DISTINCT CASE WHEN coalesce(attempt.value ->> 'outcome', finish) NOT IN ('ok', 'complete')
      THEN calls.id END) AS failed,
    coalesce(sum((attempt.value ->> '$.usage.input') + (attempt.value ->> '$.usage.cache_read')
      + (attempt.value ->> '$.usage.cache_write_5m') + (attempt.value ->> '$.usage.cache_write_1h')), 0)
      AS input_tokens,
    coalesce(sum(attempt.value ->> '$.usage.output'), 0) AS output_tokens,
    coalesce(sum(attempt.value ->> '$.usage.thinking'), 0) AS thinking_tokens,
    coalesce(sum(attempt.value ->> '$.usage.cache_read'), 0) AS cache_read_tokens,
    coalesce(sum(attempt.value ->> 'costNanoUsd'), 0) AS cost_nano_usd,
    coalesce(sum(CASE WHEN attempt.key IS NULL OR attempt.key = 0 THEN saved_nano_usd END), 0)
      AS saved_nano_usd,
    coalesce(sum(attempt.value ->> 'promptCacheSavedNanoUsd'), 0) AS prompt_cache_saved_nano_usd
  FROM calls LEFT JOIN json_each(calls.attempts) AS attempt
  WHERE started_at >= @from AND started_at < @to ${whose}
  GROUP BY attempt.value ->> 'model' ORDER BY cost_nano_usd DESC, attempt.value ->> 'model'`;

export const toSums = ({
  cost_nano_usd,
  saved_nano_usd,
  prompt_cache_saved_nano_usd,
  ...row
}: SumRow): { key: string | null } & UsageSums => ({
  ...row,
  cost_usd: toUsd(cost_nano_usd),
  saved_usd: toUsd(saved_nano_usd),
  prompt_cache_saved_usd: toUsd(prompt_cache_saved_nano_usd),
});
