-- Keys, budgets with their holds, idempotency keys, and sums per day. Amounts are integers.

ALTER TABLE calls ADD COLUMN replay_of TEXT;
ALTER TABLE calls ADD COLUMN budget TEXT;
CREATE INDEX calls_by_principal ON calls (principal, id);
CREATE INDEX calls_by_principal_and_time ON calls (principal, started_at);

CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE keys (
  name TEXT PRIMARY KEY,
  team TEXT,
  user TEXT,
  feature TEXT,
  tools TEXT,
  models TEXT,
  admin INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  rotated_at INTEGER
) STRICT;
CREATE TABLE secrets (
  hash TEXT PRIMARY KEY,
  key TEXT NOT NULL REFERENCES keys (name),
  prefix TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT, WITHOUT ROWID;
-- The newest of a key comes first: the one without an end.
CREATE INDEX secrets_by_key ON secrets (key, expires_at IS NOT NULL, created_at DESC);

CREATE TABLE budgets (name TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;

-- What is used on each meter. reset is what a reset took off; used alone adds up to the ledger. held is
-- the sum of the claims in holds, kept by every transaction that changes one of them.
-- Minute windows of many users are many: one that is over is kept for a while and then forgotten.
CREATE TABLE meters (
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  used INTEGER NOT NULL,
  reset INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  forget_at INTEGER NOT NULL,
  PRIMARY KEY (budget, subject, window_start)
) STRICT, WITHOUT ROWID;
CREATE INDEX meters_by_end ON meters (forget_at);

-- One row per call that may spend, with its claims; the epitaph is its ledger row should the process
-- die now. With rowid: it is too long for the pages of an index. There are no more than calls that
-- run, so nothing else is indexed: every page that a call writes costs it more than a rare scan does.
CREATE TABLE holds (
  call TEXT PRIMARY KEY,
  process TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  claims TEXT NOT NULL,
  epitaph TEXT NOT NULL
) STRICT;

CREATE TABLE budget_events (
  at INTEGER NOT NULL,
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  unit TEXT NOT NULL,
  unit_limit INTEGER NOT NULL,
  used INTEGER NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (budget, subject, window_start, percent)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_events_by_time ON budget_events (at);

CREATE TABLE idempotency_keys (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  call TEXT NOT NULL,
  process TEXT NOT NULL,
  -- While it runs: the lease. Then: how long the outcome is kept.
  until INTEGER NOT NULL,
  outcome TEXT,
  PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (until);
CREATE INDEX idempotency_keys_running ON idempotency_keys (process) WHERE outcome IS NULL;

CREATE TABLE days (
  principal TEXT NOT NULL,
  day TEXT NOT NULL,
  calls INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (principal, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX days_by_day ON days (day);
INSERT INTO days
  SELECT principal, strftime('%Y-%m-%d', started_at / 1000, 'unixepoch'), count(*),
    sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens),
    sum(cost_nano_usd)
  FROM calls GROUP BY 1, 2;
