import Database from 'better-sqlite3';

/** How many of everything there are beside the calls. */
const KEYS = 2_000;
const FEEDBACK_SHARE = 10;
const EVALS = 500;
const CASES = 20;

const DAY_MS = 86_400_000;
const DAYS = 40;

/** Every so many calls are the ordinary key's. */
const OWN_EVERY = 10;

// Of one number any number of others, as if by chance.
const chance = (salt: number, most: number): string =>
  `(((i * 2654435761 + ${String(salt)} * 982451653) >> 7) % ${String(most)})`;

const pick = (salt: number, names: readonly string[]): string =>
  `CASE ${chance(salt, names.length)} ${names
    .map((name, at) => `WHEN ${String(at)} THEN '${name}'`)
    .join(' ')} END`;

const TOOLS = ['answer_question', 'summarize_text', 'extract_data', 'classify_text', 'get_usage'];

const ATTEMPT = (model: string, outcome: string): string => `json_object('model', ${model},
  'purpose', 'answer', 'outcome', '${outcome}', 'errorCode', NULL,
  'reason', 'The first of the chain: nothing spoke against it.', 'reached', 'answered',
  'requestId', 'req_' || i, 'usage', json_object('input', 400 + i % 300, 'output', 80 + i % 90, 'thinking', 0,
    'cache_read', 900, 'cache_write_5m', 0, 'cache_write_1h', 0, 'source', 'provider'),
  'costNanoUsd', 1000000 + i % 5000, 'priceId', 'x@2026-10-07', 'promptCacheSavedNanoUsd', 700,
  'estimate', json_object('input', 1300 + i % 300, 'output', 80 + i % 90, 'content', 'prose'),
  'ttftMs', 410.5, 'latencyMs', 1900.25)`;

const MODEL = pick(1, ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5']);
const CACHED = `${chance(2, 5)} = 0`;
const TWICE = `${chance(3, 12)} = 0`;
const FAILED = `${chance(4, 25)} = 0`;

/** A call every so many milliseconds up to now; one caller has a tenth of them, one tool hardly any. */
const CALLS = `
  WITH RECURSIVE n (i) AS (SELECT @from UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @to)
  INSERT INTO calls (id, started_at, tool, principal, feature, user, team, front, prompt_id,
    prompt_version, prompt_hash, model, chain, route_reason, served_by, degraded, input_tokens, output_tokens,
    thinking_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, usage_source,
    cost_nano_usd, saved_nano_usd, prompt_cache_saved_nano_usd, ttft_ms, latency_ms, finish, error_code,
    simulated, attempts, budget, cache)
  SELECT printf('call_01%016d%08d', CAST(@start + i * @step AS INTEGER), i), CAST(@start + i * @step AS INTEGER),
    CASE WHEN i % 100000 = 7 THEN 'rare_tool' ELSE ${pick(5, TOOLS)} END,
    CASE WHEN i % ${String(OWN_EVERY)} = 0 THEN 'ordinary' ELSE 'key_' || ${chance(6, 40)} END,
    'feature_' || ${chance(7, 25)}, 'user_' || ${chance(8, 5_000)}, 'team_' || ${chance(9, 8)}, 'rest',
    ${pick(10, ['faq', 'summary', 'extract'])}, 'v' || (1 + ${chance(11, 3)}), printf('%064d', ${chance(11, 3)}),
    ${MODEL}, 'balanced', 'The tool asks for it.',
    CASE WHEN ${CACHED} THEN 'exact_cache' ELSE 'model' END, 0,
    CASE WHEN ${CACHED} THEN 0 ELSE 400 + i % 300 END, CASE WHEN ${CACHED} THEN 0 ELSE 80 + i % 90 END, 0,
    CASE WHEN ${CACHED} THEN 0 ELSE 900 END, 0, 0,
    CASE WHEN ${CACHED} THEN 'none' ELSE 'provider' END,
    CASE WHEN ${CACHED} THEN 0 WHEN ${TWICE} THEN 2 * (1000000 + i % 5000) ELSE 1000000 + i % 5000 END,
    CASE WHEN ${CACHED} THEN 900000 ELSE 0 END, CASE WHEN ${CACHED} THEN 0 ELSE 700 END, 410.5, 2000.125,
    CASE WHEN ${FAILED} THEN 'error' ELSE 'complete' END,
    CASE WHEN ${FAILED} THEN 'model_timeout' END, 1,
    CASE WHEN ${CACHED} THEN '[]'
      WHEN ${TWICE} THEN json_array(json(${ATTEMPT("'claude-sonnet-5-5'", 'failed')}), json(${ATTEMPT(MODEL, 'ok')}))
      ELSE json_array(json(${ATTEMPT(MODEL, 'ok')})) END,
    json_object('fitted', NULL, 'limits', json_array(json_object('budget', 'shop', 'scope', 'all', 'of', NULL,
      'unit', 'usd', 'window', 'day', 'limit', 5000, 'used', 12.5, 'held', 0, 'remaining', 4987.5,
      'resets_at', '2030-01-01T00:00:00.000Z'))),
    json_object('tier', CASE WHEN ${CACHED} THEN 'exact' END, 'entry', NULL, 'age_s', NULL, 'stored', json('false'),
      'reason', 'The same input was asked before.')
  FROM n`;

const NUMBERS = 'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)';

const BESIDE: readonly (readonly [sql: string, count: number])[] = [
  [`${NUMBERS} INSERT INTO keys (name, admin, created_at) SELECT 'key_' || i, 0, 1 FROM n`, KEYS],
  [
    `${NUMBERS} INSERT INTO secrets (hash, key, prefix, created_at)
     SELECT 'hash_' || i, 'key_' || i, 'tg_live_xxxx', 1 FROM n`,
    KEYS,
  ],
  [
    `${NUMBERS} INSERT INTO eval_runs (id, evaluation, prompt_id, prompt_version, prompt_hash, cases_hash,
       simulated, started_at, ended_at, cost_nano_usd)
     SELECT 'run_' || i, 'eval_' || i, 'faq', 'v1', 'h', 'c', 1, i, i, 1 FROM n`,
    EVALS,
  ],
  [
    `${NUMBERS} INSERT INTO eval_scores (run, name, score, cost_nano_usd, latency_ms, input_tokens, output_tokens, detail)
     SELECT 'run_' || (i / ${String(CASES)}), 'case_' || (i % ${String(CASES)}), 0.5, 1, 1, 1, 1, '' FROM n`,
    EVALS * CASES,
  ],
];

const FEEDBACK = `
  INSERT INTO feedback (call, principal, prompt_id, prompt_version, score, comment, at)
  SELECT id, principal, prompt_id, prompt_version, (rowid % 11) / 10.0,
    CASE WHEN rowid % 50 = 0 THEN 'It was of use.' END, started_at
  FROM calls WHERE rowid % ${String(FEEDBACK_SHARE)} = 0 AND prompt_id = 'faq'`;

const CACHE = `
  INSERT INTO cache_scopes (id, hash, entries, bytes)
    SELECT DISTINCT 1 + rowid % 50, 'scope_' || (rowid % 50), 2000, 5000000 FROM calls LIMIT 50;
  INSERT INTO cache_entries (call, scope, exact_key, tool, prompt, model, question, canon, output, usage,
      cost_nano_usd, created_at, exact_until, similar_until, stale_until, last_used_at, bytes)
    SELECT id, 1 + rowid % 50, 'key_' || rowid, tool, 'faq@v1', model, 'How do I get my money back?',
      'canon_' || rowid, '{"answer":"Ask."}',
      '{"input":1,"output":1,"thinking":0,"cache_read":0,"cache_write_5m":0,"cache_write_1h":0,"source":"provider"}',
      1, started_at, 4000000000000, 4000000000000, 4000000000000, started_at, 2500
    FROM calls WHERE rowid % 15 = 0;
  INSERT INTO cache_aliases (scope, canon, entry, text, source)
    SELECT scope, canon, id, question, CASE WHEN id % 4 = 0 THEN 'judge' ELSE 'own' END FROM cache_entries;
  INSERT INTO cache_negatives (scope, canon, entry, text, source, at)
    SELECT scope, 'not_' || id, id, question, CASE WHEN id % 2 = 0 THEN 'caller' ELSE 'judge' END, created_at
    FROM cache_entries WHERE id % 3 = 0`;

/** At once, each a transaction of its own. */
const BATCH = 250_000;

/** Rows as a busy product leaves them, in a file that the store has made. */
export function fillLedger(path: string, rows: number): void {
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -500000');
  const insert = db.prepare(CALLS);
  const step = (DAYS * DAY_MS) / rows;
  const start = Date.now() - DAYS * DAY_MS;
  for (let from = 0; from < rows; from += BATCH)
    insert.run({ from, to: Math.min(rows, from + BATCH), start, step });
  for (const [sql, count] of BESIDE) db.prepare(sql).run(count);
  db.exec(FEEDBACK);
  db.exec(CACHE);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Whether every row is in the sums. */
export function isSummedUp(path: string): boolean {
  const db = new Database(path, { readonly: true });
  const left = db
    .prepare('SELECT (SELECT max(rowid) FROM calls) - rolled_up FROM usage_state')
    .pluck()
    .get() as number;
  db.close();
  return left < 1_000;
}
