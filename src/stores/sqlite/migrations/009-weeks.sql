-- The sums of days once more, of seven days each from the epoch on: many names make many rows a day.

CREATE TABLE usage_weeks (
  dimension INTEGER NOT NULL,
  viewer INTEGER NOT NULL,
  week INTEGER NOT NULL,
  name INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  degraded INTEGER NOT NULL,
  hits INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_5m_tokens INTEGER NOT NULL,
  cache_write_1h_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  thinking_tokens INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  saved_nano_usd INTEGER NOT NULL,
  prompt_cache_saved_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (dimension, viewer, week, name)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_weeks
  SELECT dimension, viewer, day / 7, name, sum(calls), sum(failed), sum(errors), sum(degraded), sum(hits),
    sum(attempts), sum(input_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens),
    sum(cache_write_1h_tokens), sum(output_tokens), sum(thinking_tokens), sum(cost_nano_usd),
    sum(saved_nano_usd), sum(prompt_cache_saved_nano_usd)
  FROM usage_days GROUP BY dimension, viewer, day / 7, name;
