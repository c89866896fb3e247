import type { Database } from 'better-sqlite3';
import type { Hit, Vectors } from './vectors.ts';

export interface Search {
  /** @throws Error when it is late, or when too many wait already */
  nearest(asked: {
    scope: string;
    index: string;
    vector: Float32Array;
    limit: number;
    now: number;
    withinMs: number;
  }): Promise<Hit[]>;
  /** Whether every entry of the scope is known to have its vector. */
  isComplete(scope: string, index: string): boolean;
  complete(scope: string, index: string): void;
  close(): Promise<void>;
}

export function openSearch(db: Database, vectors: Vectors): Search {
  const scopeOf = db.prepare<[string], { id: number }>(
    'SELECT id FROM cache_scopes WHERE hash = ?',
  );
  const whole = new Set<string>();
  return {
    async nearest({ scope, ...asked }) {
      const found = scopeOf.get(scope);
      return found ? vectors.nearest({ ...asked, scope: found.id }) : [];
    },
    isComplete: (scope, index) => whole.has(`${scope} ${index}`),
    complete: (scope, index) => void whole.add(`${scope} ${index}`),
    close: () => Promise.resolve(),
  };
}
