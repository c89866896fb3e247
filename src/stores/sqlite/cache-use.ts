import type { Database } from 'better-sqlite3';
import type { CacheUse, LedgerReader } from '../ports.ts';
import { answer } from './answer.ts';

interface SpentRow {
  purpose: 'judge' | 'embed';
  attempts: number;
  costNanoUsd: number;
}

/** What the cache did, from the ledger: rows of calls, and the attempts that were not for an answer. */
export function openCacheUse(db: Database): LedgerReader['cacheUse'] {
  const span = `started_at >= @from AND started_at < @to AND (@viewer IS NULL OR principal = @viewer)`;
  const tiers = db.prepare<unknown[], CacheUse['tiers'][number]>(
    `SELECT cache ->> 'tier' AS tier, count(*) AS calls, sum(saved_nano_usd) AS savedNanoUsd
     FROM calls WHERE ${span} AND cache IS NOT NULL GROUP BY 1 ORDER BY calls DESC`,
  );
  // Older rows do not say what an attempt was for: it was for an answer.
  const spent = db.prepare<unknown[], SpentRow>(
    `SELECT attempt.value ->> 'purpose' AS purpose, count(*) AS attempts,
       sum(attempt.value ->> 'costNanoUsd') AS costNanoUsd
     FROM calls, json_each(calls.attempts) AS attempt
     WHERE ${span} AND (attempt.value ->> 'purpose' IN ('judge', 'embed') OR front = 'internal') GROUP BY 1`,
  );
  return ({ from, to }, viewer) =>
    answer(() => {
      const asked = { from, to, viewer };
      const sums = spent.all(asked);
      const of = (...purposes: string[]): CacheUse['judge'] => {
        const found = sums.filter(({ purpose }) => purposes.includes(purpose));
        return {
          attempts: found.reduce((sum, each) => sum + each.attempts, 0),
          costNanoUsd: found.reduce((sum, each) => sum + each.costNanoUsd, 0),
        };
      };
      // A verdict that nobody waits for is the answer of a call of its own.
      return { tiers: tiers.all(asked), judge: of('judge', 'answer'), embed: of('embed') };
    });
}
