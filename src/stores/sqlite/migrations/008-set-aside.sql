-- Rows that could not be written as they were, and where a write shows that the disk takes it.

CREATE TABLE set_aside_rows (
  id INTEGER PRIMARY KEY,
  call TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- The row as it would have been: JSON, with numbers that JSON has not as strings.
  row TEXT NOT NULL
) STRICT;
CREATE INDEX set_aside_rows_by_time ON set_aside_rows (at);

CREATE TABLE probes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, room BLOB NOT NULL) STRICT;
