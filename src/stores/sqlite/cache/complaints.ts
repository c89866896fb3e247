import type { Database } from 'better-sqlite3';
import type { Entries } from './entries.ts';
import type { Gone } from '../vectors/messages.ts';
import type { Wordings } from './wordings.ts';

/** So many callers who say that an answer is wrong put it out of use. */
const STRIKES = 3;

interface Complained {
  entry: string;
  strikes: number;
  quarantined: boolean;
  /** Entries put out of use. */
  gone: Gone[];
}

interface Accused extends Gone {
  entry: string;
  /** The wording that was answered, where it was another than the entry's own. */
  canon: string | null;
  text: string | null;
}

/** A caller says that the answer of its call was wrong; the same call says it once. For inside a transaction. */
export function openComplaints(
  db: Database,
  { entries, wordings }: { entries: Entries; wordings: Wordings },
): (complaint: { call: string; at: number }) => Complained | null {
  // An answer was used by the call, or made by it.
  const used = db.prepare<[string], Accused>(
    `SELECT e.id AS row, e.call AS entry, e.scope, u.canon, u.text
     FROM cache_uses u JOIN cache_entries e ON e.id = u.entry WHERE u.call = ?`,
  );
  const made = db.prepare<[string], Accused>(
    `SELECT id AS row, call AS entry, scope, NULL AS canon, NULL AS text
     FROM cache_entries WHERE call = ?`,
  );
  const add = db.prepare('INSERT OR IGNORE INTO cache_complaints (call, entry) VALUES (?, ?)');
  const strike = db.prepare('UPDATE cache_entries SET strikes = strikes + 1 WHERE id = ?');
  const strikesOf = db
    .prepare<[number], number>('SELECT strikes FROM cache_entries WHERE id = ?')
    .pluck();

  const punish = ({ row, scope, canon, text }: Accused, at: number): void => {
    strike.run(row);
    if (canon !== null)
      wordings.deny({ row, scope, canon, text: text ?? '', source: 'caller', at });
    entries.denied();
  };

  return ({ call, at }) => {
    const accused = used.get(call) ?? made.get(call);
    if (!accused) return null;
    const { row, entry, scope } = accused;
    if (add.run(call, row).changes > 0) punish(accused, at);
    const strikes = strikesOf.get(row) ?? 0;
    const isOut = strikes >= STRIKES;
    if (isOut) entries.quarantine({ row, scope });
    return { entry, strikes, quarantined: isOut, gone: isOut ? [{ row, scope }] : [] };
  };
}
