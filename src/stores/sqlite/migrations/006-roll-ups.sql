-- Sums of the ledger, so that a question costs what its answer is long. They are written behind the
-- calls, in batches: rows of `calls` up to the rowid in `usage_state` are in them, each once. The table
-- `days` is written no more; processes of the version before, which may still run on the file, do.

-- Rows of calls up to the rowid rolled_up are in the sums; replaced counts rows whose place another took.
-- first_at and last_at bound when the calls that are in the sums began.
CREATE TABLE usage_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  rolled_up INTEGER NOT NULL,
  replaced INTEGER NOT NULL,
  first_at INTEGER,
  last_at INTEGER
) STRICT;
INSERT INTO usage_state (one, rolled_up, replaced) VALUES (1, 0, 0);

-- What calls are told apart by, as small numbers; 0, which no row has, stands for none.
CREATE TABLE usage_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- Everything that calls can be told apart by, per quarter of an hour: every time zone's days are whole
-- quarters. Kind 0 is calls, kind 1 their attempts, where calls and failed count each call once a model.
CREATE TABLE usage_quarters (
  kind INTEGER NOT NULL,
  quarter INTEGER NOT NULL,
  principal INTEGER NOT NULL,
  tool INTEGER NOT NULL,
  prompt INTEGER NOT NULL,
  feature INTEGER NOT NULL,
  user INTEGER NOT NULL,
  team INTEGER NOT NULL,
  served_by INTEGER NOT NULL,
  tier INTEGER NOT NULL,
  model INTEGER NOT NULL,
  purpose INTEGER NOT NULL,
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
  PRIMARY KEY (kind, quarter, principal, tool, prompt, feature, user, team, served_by, tier, model, purpose)
) STRICT, WITHOUT ROWID;

-- The same by one dimension at a time, per UTC day: for one viewer, and as viewer 0 for everybody.
CREATE TABLE usage_days (
  dimension INTEGER NOT NULL,
  viewer INTEGER NOT NULL,
  day INTEGER NOT NULL,
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
  PRIMARY KEY (dimension, viewer, day, name)
) STRICT, WITHOUT ROWID;

-- What each content of each version of a prompt served, over all time.
CREATE TABLE usage_prompts (
  prompt INTEGER NOT NULL,
  version INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (prompt, version, hash)
) STRICT, WITHOUT ROWID;

-- Calls by how they ended and by tool, for lists; viewer 0 is everybody. What did not end well stands
-- under tool 0 too: callers may ask for any number of tools that there are not.
CREATE TABLE usage_lists (
  viewer INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  tool INTEGER NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (viewer, finish, tool, call)
) STRICT, WITHOUT ROWID;
