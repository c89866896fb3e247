/** What is added up over calls, and over attempts. Money in integer nano-dollars. */
export const MEASURES = [
  'calls',
  'failed',
  'errors',
  'degraded',
  'hits',
  'attempts',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'output_tokens',
  'thinking_tokens',
  'cost_nano_usd',
  'saved_nano_usd',
  'prompt_cache_saved_nano_usd',
] as const;

export type Measure = (typeof MEASURES)[number];
export type Measures = Record<Measure, number>;

export const nothing = (): Measures => ({
  calls: 0,
  failed: 0,
  errors: 0,
  degraded: 0,
  hits: 0,
  attempts: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
  output_tokens: 0,
  thinking_tokens: 0,
  cost_nano_usd: 0,
  saved_nano_usd: 0,
  prompt_cache_saved_nano_usd: 0,
});

export function addTo(sum: Measures, part: Measures, sign: 1 | -1 = 1): void {
  for (const measure of MEASURES) sum[measure] += sign * part[measure];
}

/** SQL that adds every measure up. */
export const SUMS = MEASURES.map((measure) => `sum(${measure}) AS ${measure}`).join(', ');
