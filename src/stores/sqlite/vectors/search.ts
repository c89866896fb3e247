import type { Database } from 'better-sqlite3';
import type { Gone } from './messages.ts';
import { openSearchThread } from './search-thread.ts';
import type { VectorHit, Vector, Vectors } from './vectors.ts';

interface SearchRequest {
  scope: string;
  index: string;
  vector: Float32Array;
  limit: number;
  now: number;
  withinMs: number;
}

/** Small scopes are searched where they are asked for, large ones in a thread of their own. */
export interface Search {
  /** @throws Error when it is late, or when too many wait already */
  nearest(asked: SearchRequest): Promise<VectorHit[]>;
  /** After the transaction: the thread's copies follow. */
  added(vector: Vector): void;
  gone(entries: readonly Gone[]): void;
  close(): Promise<void>;
}

/** Up to so many vectors a search takes not much longer than to tell a thread of it. */
const MAIN_THREAD = 2_000;

export function openSearch(db: Database, vectors: Vectors): Search {
  const scopeOf = db.prepare<[string], { id: number }>(
    'SELECT id FROM cache_scopes WHERE hash = ?',
  );
  // Another connection would see another database.
  const thread = db.memory ? null : openSearchThread(db.name);
  return {
    async nearest({ scope: hash, withinMs, ...asked }) {
      const scope = scopeOf.get(hash)?.id;
      if (scope === undefined) return [];
      const size = vectors.size(asked.index, scope);
      const table = vectors.tableOf(asked.index);
      if (size.added - size.removed <= MAIN_THREAD || !table || !thread)
        return vectors.nearest({ ...asked, scope });
      vectors.check(asked.index, asked.vector);
      const { vector, limit, now } = asked;
      return thread.ask({ ...table, scope, size, vector, limit, now }, withinMs);
    },
    added({ row, scope, until, index, values }) {
      const table = thread?.isRunning() ? vectors.tableOf(index) : null;
      if (!table) return;
      const added = { index: table.index, scope, row, until, values: values.slice() };
      thread?.tell({ kind: 'add', added });
    },
    gone(entries) {
      if (entries.length > 0 && thread?.isRunning()) thread.tell({ kind: 'gone', gone: entries });
    },
    async close() {
      await thread?.close();
    },
  };
}
