import type { Database } from 'better-sqlite3';
import type { CacheStore } from '../../ports/cache.ts';
import { answer } from '../answer.ts';
import type { Writer } from '../writer.ts';
import { openComplaints } from './complaints.ts';
import { openEntries, type Entries } from './entries.ts';
import { openEvidence } from './evidence.ts';
import { openGaps } from '../vectors/gaps.ts';
import { openLookup } from './lookup.ts';
import type { Gone } from '../vectors/messages.ts';
import { openSearch, type Search } from '../vectors/search.ts';
import { selectRows } from './selection.ts';
import { openUses, type Uses } from './uses.ts';
import { openVectors, type Vectors } from '../vectors/vectors.ts';
import { openViews } from './views.ts';
import { openWordings, type Wordings } from './wordings.ts';

/** In one transaction: other processes wait for it, and so does our own event loop. */
const PURGED_AT_ONCE = 128;

/** Cached answers in SQLite, their vectors in sqlite-vec. */
export function openCacheStore(
  db: Database,
  writer: Writer,
  now: () => number = Date.now,
): { store: Omit<CacheStore, 'totals' | 'disagreements'>; close: () => Promise<void> } {
  const vectors = openVectors(db);
  const parts: CacheStoreParts = {
    db,
    writer,
    now,
    vectors,
    entries: openEntries(db, vectors),
    wordings: openWordings(db),
    uses: openUses(db, writer),
    search: openSearch(db, vectors),
  };
  const generation = db.prepare<[], number>('SELECT value FROM cache_generation').pluck();
  return {
    store: {
      ...openEvidence(db, writer),
      ...openViews(db, vectors),
      ...reading(parts),
      ...writing(parts),
      ...judging(parts),
      generation: () => answer(() => generation.get() ?? 0),
    },
    async close() {
      try {
        await parts.uses.flush();
      } finally {
        await parts.search.close();
      }
    },
  };
}

interface CacheStoreParts {
  db: Database;
  now: () => number;
  writer: Writer;
  vectors: Vectors;
  entries: Entries;
  wordings: Wordings;
  uses: Uses;
  search: Search;
}

type CacheReads = Pick<CacheStore, 'find' | 'nearest' | 'mostAsked' | 'withoutVector'>;

function reading({ db, vectors, search }: CacheStoreParts): CacheReads {
  const lookup = openLookup(db);
  return {
    find: (asked) => answer(() => lookup.find(asked)),
    async nearest({ canon, limit, ...asked }) {
      const wording = { scope: asked.scope, canon };
      // Denied entries take up places among the nearest: so many more are looked for.
      const hits = await search.nearest({ ...asked, limit: limit + lookup.denials(wording) });
      return lookup.neighbours(hits, { ...wording, now: asked.now }).slice(0, limit);
    },
    mostAsked: (asked) => answer(() => lookup.mostAsked(asked)),
    withoutVector: openGaps(db, vectors),
  };
}

type Writing = Pick<CacheStore, 'keep' | 'used' | 'addVector' | 'purge'>;

function writing({ db, writer, vectors, entries, uses, search }: CacheStoreParts): Writing {
  /** The thread that searches hears of it once it is committed. */
  const remove = async (work: () => Gone[]): Promise<number> => {
    const gone = await writer.write(work);
    search.gone(gone);
    return gone.length;
  };
  return {
    async keep(entry, most) {
      await remove(() => entries.keep(entry, most));
    },
    used: (use) =>
      answer(() => {
        uses.add(use);
      }),
    async addVector({ entry, index, values }) {
      // Before the transaction: what fails inside it takes others along.
      vectors.check(index, values);
      const added = await writer.write(() => {
        const place = entries.find(entry);
        if (!place || place.quarantined === 1) return null;
        const { row, scope, similarUntil: until } = place;
        const vector = { row, scope, until, index, values };
        return vectors.add(vector) ? vector : null;
      });
      if (added) search.added(added);
    },
    async purge(selection) {
      const rows = selectRows(db, selection);
      let purged = 0;
      for (let from = 0; from < rows.length; from += PURGED_AT_ONCE) {
        const some = rows.slice(from, from + PURGED_AT_ONCE);
        purged += await remove(() => entries.remove(some));
      }
      return purged;
    },
  };
}

type Judging = Pick<CacheStore, 'addAlias' | 'addNegative' | 'complain'>;

function judging({ db, writer, entries, wordings, uses, search, now }: CacheStoreParts): Judging {
  const complain = openComplaints(db, { entries, wordings });
  const scopeHash = db
    .prepare<[number], string>('SELECT hash FROM cache_scopes WHERE id = ?')
    .pluck();
  /** Null where the entry has gone, or is not of the scope. */
  const placeOf = (entry: string, scope: string) => {
    const place = entries.find(entry);
    return place && scopeHash.get(place.scope) === scope ? place : null;
  };
  return {
    addAlias: ({ entry, scope, ...wording }) =>
      writer.write(() => {
        const place = placeOf(entry, scope);
        if (place?.quarantined === 0)
          wordings.add({ ...wording, row: place.row, scope: place.scope });
      }),
    addNegative: ({ entry, scope, ...wording }) =>
      writer.write(() => {
        const place = placeOf(entry, scope);
        if (!place) return;
        wordings.deny({ ...wording, row: place.row, scope: place.scope, at: now() });
        entries.denied();
      }),
    async complain(complaint) {
      // The call may be one whose use still waits to be written.
      await uses.flush();
      const found = await writer.write(() => complain(complaint));
      if (!found) return null;
      const { gone, ...said } = found;
      search.gone(gone);
      return said;
    },
  };
}
