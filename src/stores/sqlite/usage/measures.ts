/** Sums over calls, and over attempts. Money in integer nano-dollars. */
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

// One by one: a loop over names takes several times as long, and this is most of the work.
export function addTo(sum: Measures, part: Measures): void {
  sum.calls += part.calls;
  sum.failed += part.failed;
  sum.errors += part.errors;
  sum.degraded += part.degraded;
  sum.hits += part.hits;
  sum.attempts += part.attempts;
  sum.input_tokens += part.input_tokens;
  sum.cache_read_tokens += part.cache_read_tokens;
  sum.cache_write_5m_tokens += part.cache_write_5m_tokens;
  sum.cache_write_1h_tokens += part.cache_write_1h_tokens;
  sum.output_tokens += part.output_tokens;
  sum.thinking_tokens += part.thinking_tokens;
  sum.cost_nano_usd += part.cost_nano_usd;
  sum.saved_nano_usd += part.saved_nano_usd;
  sum.prompt_cache_saved_nano_usd += part.prompt_cache_saved_nano_usd;
}
