import type { Database } from 'better-sqlite3';
import type { Entries } from './entries.ts';
import type { Wordings } from './wordings.ts';

/** So many callers who say that an answer is wrong put it out of use. */
const STRIKES = 3;

type Complain = (complaint: { call: string; at: number }) => {
  entry: string;
  strikes: number;
  quarantined: boolean;
} | null;

interface Accused {
  row: number;
  entry: string;
  scopeId: number;
  scope: string;
  canon: string | null;
  text: string | null;
}

/** A caller says that the answer of its call was wrong; the same call says it once. Inside a transaction. */
export function openComplaints(
  db: Database,
  { entries, wordings }: { entries: Entries; wordings: Wordings },
): Complain {
  const accused = db.prepare<{ call: string }, Accused>(
    `SELECT e.id AS row, e.call AS entry, e.scope AS scopeId, s.hash AS scope, u.canon, u.text
     FROM cache_entries e JOIN cache_scopes s ON s.id = e.scope
       LEFT JOIN cache_uses u ON u.entry = e.id AND u.call = @call
     WHERE e.id = coalesce(
       (SELECT entry FROM cache_uses WHERE call = @call), (SELECT id FROM cache_entries WHERE call = @call))`,
  );
  const add = db.prepare('INSERT OR IGNORE INTO cache_complaints (call, entry) VALUES (?, ?)');
  const strike = db.prepare('UPDATE cache_entries SET strikes = strikes + 1 WHERE id = ?');
  const standing = db.prepare<[number], { strikes: number; quarantined: 0 | 1 }>(
    'SELECT strikes, quarantined FROM cache_entries WHERE id = ?',
  );

  return ({ call, at }) => {
    const found = accused.get({ call });
    if (!found) return null;
    const { row, entry, canon, text } = found;
    if (add.run(call, row).changes === 1) {
      strike.run(row);
      if (canon !== null)
        wordings.deny({ ...found, canon, text: text ?? '', source: 'caller', at });
      const now = standing.get(row);
      if (now && now.strikes >= STRIKES && now.quarantined === 0) entries.quarantine(row);
      else entries.denied();
    }
    const { strikes = 0, quarantined = 0 } = standing.get(row) ?? {};
    return { entry, strikes, quarantined: quarantined === 1 };
  };
}
