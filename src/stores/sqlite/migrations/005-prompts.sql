-- Which prompt a call was answered with, what people said of answers, and how versions did in evaluations.

ALTER TABLE calls ADD COLUMN prompt_hash TEXT;
ALTER TABLE keys ADD COLUMN pin_prompts INTEGER NOT NULL DEFAULT 0;

-- One word per call: the newest.
CREATE TABLE feedback (
  call TEXT PRIMARY KEY,
  principal TEXT NOT NULL,
  prompt_id TEXT,
  prompt_version TEXT,
  score REAL NOT NULL,
  comment TEXT,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_by_prompt ON feedback (prompt_id, prompt_version, score);
CREATE INDEX feedback_comments ON feedback (prompt_id, at) WHERE comment IS NOT NULL;

-- Versions of a prompt that answered the same cases in one evaluation share its `evaluation`.
CREATE TABLE eval_runs (
  id TEXT PRIMARY KEY,
  evaluation TEXT NOT NULL,
  prompt_id TEXT NOT NULL,
  prompt_version TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  cases_hash TEXT NOT NULL,
  model TEXT,
  simulated INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX eval_runs_by_prompt ON eval_runs (prompt_id, started_at);

CREATE TABLE eval_scores (
  run TEXT NOT NULL,
  name TEXT NOT NULL,
  call TEXT,
  score REAL NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  latency_ms REAL NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  model TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
