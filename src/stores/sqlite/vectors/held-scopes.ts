import type { Database } from 'better-sqlite3';
import { Codes } from './codes.ts';
import type { Added, Gone, SearchQuestion } from './messages.ts';
import { openSizes, type ScopeSize } from './sizes.ts';
import { prepareOnce, toVector } from './prepared.ts';

/** The vectors of scopes that were asked for lately, as codes. */
export interface HeldScopes {
  codesOf(question: SearchQuestion): Codes;
  added(added: Added): void;
  gone(gone: readonly Gone[]): void;
}

interface Held {
  codes: Codes;
  index: number;
  scope: number;
  /** Size behind the codes: read, and told since then. */
  size: ScopeSize;
  readAt: number;
  tookMs: number;
  /** Since when the size is another than the asker's; null: it is not. */
  behindSince: number | null;
}

/** All of them together; those that were not asked for go first. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Room for what is added later. */
const ROOM = 1_024;
/**
 * Changes by this process are told; those by others are seen by the size alone, and then all is
 * read anew. That takes no larger part of the thread's time than one of these.
 */
const READING = 20;
/** An asker may know of something a moment before we are told of it, milliseconds. */
const MOMENT_MS = 500;

export function openHeldScopes(db: Database): HeldScopes {
  const held = new Map<string, Held>();
  const read = prepareRead(db);
  return {
    codesOf(question) {
      const name = nameOf(question);
      const known = held.get(name);
      const scope = known && isCurrent(known, question.size) ? known : read(question);
      // Taken out and put in again: the first is the one that was not asked for the longest.
      held.delete(name);
      held.set(name, scope);
      dropOldest(held);
      return scope.codes;
    },
    added(added) {
      const scope = held.get(nameOf(added));
      if (!scope) return;
      scope.codes.set(added.row, added.until, added.values);
      scope.size.added += 1;
    },
    gone(gone) {
      for (const { scope, codes, size } of held.values())
        for (const each of gone) {
          if (each.scope !== scope) continue;
          const before = codes.size;
          codes.delete(each.row);
          size.removed += before - codes.size;
        }
    },
  };
}

const nameOf = ({ index, scope }: { index: number; scope: number }): string =>
  `${String(index)} ${String(scope)}`;

/** In one transaction, so that the size is that of what was read. */
function prepareRead(db: Database): (question: SearchQuestion) => Held {
  const sizes = openSizes(db);
  const vectorsOf = prepareOnce((table) =>
    db.prepare<unknown[], { id: number; until: number; e: Buffer }>(
      `SELECT id, until, e FROM ${table} WHERE scope = ?`,
    ),
  );
  return db.transaction(({ table, index, scope, dimensions }: SearchQuestion): Held => {
    const startedAt = performance.now();
    const size = sizes.of(index, scope);
    const codes = new Codes(dimensions, size.added - size.removed + ROOM);
    for (const { id, until, e } of vectorsOf(table).iterate(BigInt(scope)))
      codes.set(id, until, toVector(e));
    const readAt = performance.now();
    return { codes, index, scope, size, readAt, tookMs: readAt - startedAt, behindSince: null };
  });
}

function isCurrent(known: Held, asked: ScopeSize): boolean {
  const { size, readAt, tookMs } = known;
  const isSame = size.added === asked.added && size.removed === asked.removed;
  known.behindSince = isSame ? null : (known.behindSince ?? performance.now());
  if (known.behindSince === null) return true;
  const mayReadAt = Math.max(known.behindSince + MOMENT_MS, readAt + READING * tookMs);
  return performance.now() < mayReadAt;
}

function dropOldest(held: Map<string, Held>): void {
  let bytes = [...held.values()].reduce((sum, { codes }) => sum + codes.bytes, 0);
  for (const [name, { codes }] of held) {
    if (bytes <= MOST_BYTES || held.size === 1) return;
    held.delete(name);
    bytes -= codes.bytes;
  }
}
