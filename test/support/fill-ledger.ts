import type { Database } from 'better-sqlite3';

/** So many rows of plain calls, all at one moment, written behind the back of the store. */
export function fillLedger(db: Database, rows: number, at: number): void {
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO calls (id, started_at, tool, principal, front, served_by, degraded, input_tokens,
       output_tokens, thinking_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
       usage_source, cost_nano_usd, saved_nano_usd, latency_ms, finish, simulated, attempts)
     SELECT 'call_' || i, ?, 'a_tool', 'local', 'rest', 'model', 0, 1, 1, 0, 0, 0, 0, 'provider', 1, 0, 1,
       'complete', 0, '[]' FROM n`,
  ).run(rows, at);
}
