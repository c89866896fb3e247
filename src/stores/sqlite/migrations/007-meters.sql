-- A meter is of what it counts: scope, unit and window of its budget. Of a budget that was set these
-- are known. Meters of one that the settings declare say nothing of it until their window is over,
-- and whatever has their name goes on counting on them, as it did.

CREATE TEMP TABLE counted AS
  SELECT name, (settings ->> '$.scope') || ' ' || (settings ->> '$.unit') || ' ' || (settings ->> '$.window') AS counts
  FROM budgets;

CREATE TABLE new_meters (
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  counts TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  used INTEGER NOT NULL,
  reset INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  may_pass INTEGER NOT NULL DEFAULT 0,
  forget_at INTEGER NOT NULL,
  PRIMARY KEY (budget, subject, counts, window_start)
) STRICT, WITHOUT ROWID;
INSERT INTO new_meters (budget, subject, counts, window_start, used, reset, held, forget_at)
  SELECT budget, subject, coalesce(counts, ''), window_start, used, reset, held, forget_at
  FROM meters LEFT JOIN counted ON name = budget;
DROP TABLE meters;
ALTER TABLE new_meters RENAME TO meters;
CREATE INDEX meters_by_end ON meters (forget_at);

CREATE TABLE new_events (
  at INTEGER NOT NULL,
  budget TEXT NOT NULL,
  subject TEXT NOT NULL,
  counts TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  unit TEXT NOT NULL,
  unit_limit INTEGER NOT NULL,
  used INTEGER NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (budget, subject, counts, window_start, percent)
) STRICT, WITHOUT ROWID;
INSERT INTO new_events
  SELECT at, budget, subject, coalesce(counts, ''), window_start, percent, unit, unit_limit, used, call
  FROM budget_events LEFT JOIN counted ON name = budget;
DROP TABLE budget_events;
ALTER TABLE new_events RENAME TO budget_events;
CREATE INDEX budget_events_by_time ON budget_events (at);

UPDATE holds SET claims = (
  SELECT json_group_array(json_set(value, '$.counts', coalesce(
    (SELECT counts FROM counted WHERE name = (value ->> '$.budget')), '')))
  FROM json_each(holds.claims));
DROP TABLE counted;
