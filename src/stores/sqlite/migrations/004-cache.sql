-- Cached answers with their wordings and vectors, what is learnt of them, and what the cache said of a call.

ALTER TABLE calls ADD COLUMN cache TEXT;

-- A hash is long and stands in every index: inside it is a small number. The sums are kept by every
-- transaction that changes an entry, so that a limit costs no count. A number is never given twice, here
-- and to entries: what a process or a thread remembers by number must not mean another one later.
CREATE TABLE cache_scopes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash TEXT NOT NULL UNIQUE,
  entries INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE cache_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  call TEXT NOT NULL UNIQUE,
  scope INTEGER NOT NULL,
  exact_key TEXT NOT NULL UNIQUE,
  tool TEXT NOT NULL,
  prompt TEXT NOT NULL,
  tenant TEXT,
  model TEXT NOT NULL,
  question TEXT,
  canon TEXT,
  output TEXT NOT NULL,
  usage TEXT NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  exact_until INTEGER NOT NULL,
  similar_until INTEGER NOT NULL,
  stale_until INTEGER NOT NULL,
  hits INTEGER NOT NULL DEFAULT 0,
  saved_nano_usd INTEGER NOT NULL DEFAULT 0,
  last_used_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  strikes INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cache_entries_by_use ON cache_entries (scope, last_used_at);
-- In the order in which they came, for those that wait for their vector.
CREATE INDEX cache_entries_by_scope ON cache_entries (scope) WHERE question IS NOT NULL;
-- Those that answer other wordings: with their hits, so that the most asked are found in it alone.
CREATE INDEX cache_entries_similar ON cache_entries (scope, similar_until, hits)
  WHERE question IS NOT NULL AND quarantined = 0;
CREATE INDEX cache_entries_by_end ON cache_entries (stale_until);
-- For counting what is rare.
CREATE INDEX cache_entries_quarantined ON cache_entries (scope) WHERE quarantined = 1;

-- Which wording leads to which entry. A wording leads to one.
CREATE TABLE cache_aliases (
  scope INTEGER NOT NULL,
  canon TEXT NOT NULL,
  entry INTEGER NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (scope, canon)
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_aliases_by_entry ON cache_aliases (entry);
CREATE INDEX cache_aliases_learnt ON cache_aliases (entry) WHERE source <> 'own';

CREATE TABLE cache_negatives (
  scope INTEGER NOT NULL,
  canon TEXT NOT NULL,
  entry INTEGER NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (scope, canon, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_negatives_by_entry ON cache_negatives (entry);

CREATE TABLE cache_tags (
  tag TEXT NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (tag, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_tags_by_entry ON cache_tags (entry);

-- Which call was answered by which entry, so that a caller may say that the answer was wrong.
CREATE TABLE cache_uses (
  call TEXT PRIMARY KEY,
  entry INTEGER NOT NULL,
  canon TEXT,
  text TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX cache_uses_by_time ON cache_uses (at);
CREATE INDEX cache_uses_by_entry ON cache_uses (entry);
CREATE TABLE cache_complaints (
  call TEXT PRIMARY KEY,
  entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each version of an embedder has a table of vectors of its own.
CREATE TABLE cache_indexes (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL
) STRICT;

-- Vectors that were ever added to a scope, and removed from it; sqlite-vec would count them one by one.
CREATE TABLE cache_index_sizes (
  idx INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  added INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (idx, scope)
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_index_sizes_by_scope ON cache_index_sizes (scope);

CREATE TABLE cache_labels (
  class TEXT NOT NULL,
  idx TEXT NOT NULL,
  rules TEXT NOT NULL,
  pair TEXT NOT NULL,
  similarity REAL NOT NULL,
  same INTEGER NOT NULL,
  judge TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (class, idx, rules, pair)
) STRICT, WITHOUT ROWID;
CREATE INDEX cache_labels_by_time ON cache_labels (class, idx, rules, at);

CREATE TABLE cache_states (
  class TEXT NOT NULL,
  idx TEXT NOT NULL,
  rules TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (class, idx, rules)
) STRICT, WITHOUT ROWID;

-- Counts whenever an entry that was there may no more be served: what processes remember ends with it.
CREATE TABLE cache_generation (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
INSERT INTO cache_generation (one, value) VALUES (1, 1);
