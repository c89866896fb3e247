import type { Database } from 'better-sqlite3';
import { openHeldScopes } from './held-scopes.ts';
import type { Added, Gone, SearchQuestion } from './messages.ts';
import { prepareOnce, toVector } from './prepared.ts';
import { nearestParameters, nearestSql, type VectorHit } from './vectors.ts';

/** Searches large scopes; for a thread that nothing else waits for. */
export interface Searcher {
  nearest(question: SearchQuestion): VectorHit[];
  /** Reads the scope of a question that is asked no more. */
  prepare(question: SearchQuestion): void;
  added(added: Added): void;
  gone(gone: readonly Gone[]): void;
}

/** Scopes below are as quick in the table itself. */
const CODED_FROM = 4_000;
/** Compared by their bytes: so many of those whose codes are nearest. */
const LOOKED = 128;
/** Compared in full: so many more than are wanted, for bytes round. */
const MORE = 4;
/** Most looks of a search, as entries that it finds may have gone meanwhile. */
const ROUNDS = 8;

export function openSearcher(db: Database): Searcher {
  const held = openHeldScopes(db);
  const statementsOf = prepareOnce((table: string) => ({
    nearest: db.prepare<unknown[], VectorHit>(nearestSql(table)),
    one: db.prepare<unknown[], { entry: string; e: Buffer }>(
      `SELECT e.call AS entry, v.e FROM ${table} v JOIN cache_entries e ON e.id = v.id
       WHERE v.id = ? AND e.scope = ?`,
    ),
  }));
  const isCoded = ({ size }: SearchQuestion): boolean => size.added - size.removed >= CODED_FROM;

  function byCode(question: SearchQuestion): VectorHit[] {
    const { scope, table, vector, limit, now } = question;
    const codes = held.codesOf(question);
    const { one } = statementsOf(table);
    const looked = Math.max(LOOKED, 4 * limit);
    const compare = (row: number): VectorHit[] => {
      const found = one.get(BigInt(row), scope);
      if (!found) codes.delete(row);
      return found ? [{ entry: found.entry, similarity: cosine(vector, toVector(found.e)) }] : [];
    };
    let hits: VectorHit[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const rows = codes.likely(vector, { limit: limit + MORE, looked, now });
      hits = rows.flatMap(compare);
      if (hits.length === rows.length || hits.length >= limit) break;
      // They went by another process, and most often many that are near go together.
      for (const row of codes.likely(vector, { limit: looked, looked, now })) compare(row);
    }
    return hits.sort((a, b) => b.similarity - a.similarity).slice(0, limit);
  }

  return {
    nearest: (question) =>
      isCoded(question)
        ? byCode(question)
        : statementsOf(question.table).nearest.all(...nearestParameters(question)),
    prepare(question) {
      if (isCoded(question)) held.codesOf(question);
    },
    added(added) {
      held.added(added);
    },
    gone(gone) {
      held.gone(gone);
    },
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (let at = 0; at < a.length; at += 1) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return dot / Math.sqrt(squaresA * squaresB);
}
