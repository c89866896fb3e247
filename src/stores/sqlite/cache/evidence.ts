import type { Database } from 'better-sqlite3';
import type { CacheStore, EvidenceKey, ServingState } from '../../ports/cache.ts';
import { answer } from '../answer.ts';
import type { Writer } from '../writer.ts';

type EvidenceStore = Pick<CacheStore, 'label' | 'labels' | 'state' | 'states' | 'saveState'>;

/** Verdicts, of each pair the newest, and what follows from them for each class. */
export function openEvidence(db: Database, writer: Writer): EvidenceStore {
  const add = db.prepare(
    `INSERT OR REPLACE INTO cache_labels (class, idx, rules, pair, similarity, same, judge, at)
     VALUES (@class, @index, @rules, @pair, @similarity, @same, @judge, @at)`,
  );
  const newest = db.prepare<unknown[], { similarity: number; same: 0 | 1; at: number }>(
    `SELECT similarity, same, at FROM cache_labels
     WHERE class = @class AND idx = @index AND rules = @rules ORDER BY at DESC LIMIT @limit`,
  );
  const find = db.prepare<unknown[], { state: string }>(
    'SELECT state FROM cache_states WHERE class = @class AND idx = @index AND rules = @rules',
  );
  const all = db.prepare<[], EvidenceKey & { state: string }>(
    'SELECT class, idx AS "index", rules, state FROM cache_states ORDER BY class, idx, rules',
  );
  const save = db.prepare(
    'INSERT OR REPLACE INTO cache_states (class, idx, rules, state) VALUES (@class, @index, @rules, @state)',
  );
  const parse = (state: string): ServingState => JSON.parse(state) as ServingState;
  return {
    label: (label) => writer.write(() => void add.run({ ...label, same: label.same ? 1 : 0 })),
    labels: ({ class: name, index, rules }, limit) =>
      answer(() =>
        newest
          .all({ class: name, index, rules, limit })
          .map((label) => ({ ...label, same: label.same === 1 }))
          .reverse(),
      ),
    state: ({ class: name, index, rules }) =>
      answer(() => {
        const found = find.get({ class: name, index, rules });
        return found ? parse(found.state) : null;
      }),
    states: () => answer(() => all.all().map(({ state, ...key }) => ({ ...key, ...parse(state) }))),
    saveState: ({ class: name, index, rules }, state) =>
      writer.write(
        () => void save.run({ class: name, index, rules, state: JSON.stringify(state) }),
      ),
  };
}
