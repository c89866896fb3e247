import type { Database } from 'better-sqlite3';
import type { PromptUse } from '../../../core/call/prompt.ts';
import type { Names } from './names.ts';
import type { RollUpState } from './state.ts';

/** Use of versions of a prompt over all time: the sums, and the rows not in them yet. */
export function openPromptUse(
  db: Database,
  names: Names,
): (promptId: string, state: RollUpState) => PromptUse[] {
  const summed = db.prepare<[number], Summed>(
    `SELECT version, hash, calls, cached, failed, cost_nano_usd AS costNanoUsd,
       first_at AS firstAt, last_at AS lastAt
     FROM usage_prompts WHERE prompt = ? AND calls > 0`,
  );
  const waiting = db.prepare<[number, string], PromptUse>(
    `SELECT prompt_version AS version, prompt_hash AS hash, count(*) AS calls,
       sum(served_by IN ('exact_cache', 'similar_cache', 'shared')) AS cached,
       sum(error_code IS NOT NULL) AS failed, sum(cost_nano_usd) AS costNanoUsd,
       min(started_at) AS firstAt, max(started_at) AS lastAt
     FROM calls WHERE patient() AND rowid > ? AND prompt_id = ?
     GROUP BY prompt_version, prompt_hash`,
  );
  return (promptId, { rolledUp }) => {
    const id = names.find(promptId);
    const uses = id === undefined ? [] : summed.all(id).map((each) => toUse(each, names));
    for (const use of waiting.all(rolledUp, promptId)) merge(uses, use);
    return uses.sort(oldestFirst);
  };
}

type Summed = Omit<PromptUse, 'version' | 'hash'> & { version: number; hash: number };

const toUse = ({ version, hash, ...use }: Summed, names: Names): PromptUse => ({
  version: names.nameOf(version) ?? '',
  hash: names.nameOf(hash),
  ...use,
});

function merge(uses: PromptUse[], use: PromptUse): void {
  const known = uses.find(({ version, hash }) => version === use.version && hash === use.hash);
  if (!known) {
    uses.push(use);
    return;
  }
  known.calls += use.calls;
  known.cached += use.cached;
  known.failed += use.failed;
  known.costNanoUsd += use.costNanoUsd;
  known.firstAt = Math.min(known.firstAt, use.firstAt);
  known.lastAt = Math.max(known.lastAt, use.lastAt);
}

const oldestFirst = (a: PromptUse, b: PromptUse): number =>
  a.firstAt - b.firstAt || compare(a.version, b.version) || compare(a.hash ?? '', b.hash ?? '');

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
