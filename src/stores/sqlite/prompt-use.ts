import type { Database } from 'better-sqlite3';
import type { PromptUse } from '../../call/prompt.ts';
import type { LedgerReader } from '../ports.ts';
import { answer } from './answer.ts';

/** What versions served, from the ledger. People ask it rarely: an index would cost every call. */
export function openPromptUse(db: Database): LedgerReader['promptUse'] {
  const use = db.prepare<[string], PromptUse>(
    `SELECT prompt_version AS version, prompt_hash AS hash, count(*) AS calls,
       sum(served_by IN ('exact_cache', 'similar_cache', 'shared')) AS cached,
       sum(error_code IS NOT NULL) AS failed, sum(cost_nano_usd) AS costNanoUsd,
       min(started_at) AS firstAt, max(started_at) AS lastAt
     FROM calls WHERE prompt_id = ?
     GROUP BY prompt_version, prompt_hash ORDER BY firstAt, version, hash`,
  );
  return (promptId) => answer(() => use.all(promptId));
}
