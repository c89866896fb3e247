/** The ledger: one row per call. Money in integer nano-dollars, times in milliseconds since the epoch. */
export const calls = `
CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  tool TEXT NOT NULL,
  principal TEXT NOT NULL,
  feature TEXT,
  user TEXT,
  team TEXT,
  front TEXT NOT NULL,
  prompt_id TEXT,
  prompt_version TEXT,
  prompt_variant TEXT,
  model TEXT,
  served_by TEXT NOT NULL,
  degraded INTEGER NOT NULL,
  similarity REAL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  thinking_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  usage_source TEXT NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  saved_nano_usd INTEGER NOT NULL,
  ttft_ms REAL,
  latency_ms REAL NOT NULL,
  finish TEXT NOT NULL,
  error_code TEXT,
  simulated INTEGER NOT NULL,
  attempts TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_time ON calls (started_at);
`;
