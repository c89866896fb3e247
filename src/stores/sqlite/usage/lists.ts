import type { Database } from 'better-sqlite3';
import type { WireCallMeta } from '../../../../schemas/wire/call.ts';
import type { CallsQuery } from '../../../core/services/ledger.ts';
import type { Viewer } from '../../ports/store.ts';
import { fromRow, type CallRow } from '../call-row.ts';
import { NO_NAME, type Names } from './names.ts';
import type { RollUpState } from './state.ts';

/** Newest first: ids sort by time. */
export type CallLists = (query: CallsQuery, viewer: Viewer, state: RollUpState) => WireCallMeta[];

/** Sorts after every id. */
const AFTER_ALL = '\u{10FFFF}';

export function openLists(db: Database, names: Names): CallLists {
  const plain = openPlain(db);
  const waiting = openWaiting(db);
  const summed = openSummed(db, names);
  const find = db.prepare<[string], CallRow>('SELECT * FROM calls WHERE id = ?');
  return (query, viewer, { rolledUp }) => {
    const { tool, finish, before = AFTER_ALL, limit } = query;
    if (tool === undefined && finish === undefined)
      return plain(viewer, before, limit).map(fromRow);
    const ids = [
      ...summed(query, viewer),
      ...waiting({
        row: rolledUp,
        viewer,
        before,
        limit,
        tool: tool ?? null,
        finish: finish ?? null,
      }),
    ];
    return ids
      .sort()
      .reverse()
      .slice(0, limit)
      .flatMap((id) => find.all(id))
      .map(fromRow);
  };
}

const FINISHES: readonly WireCallMeta['finish'][] = [
  ...(['complete', 'truncated', 'refused', 'cancelled', 'error'] as const),
];

/** Those that are in the sums. */
function openSummed(db: Database, names: Names): (query: CallsQuery, viewer: Viewer) => string[] {
  const listed = db
    .prepare<[number, number, number, string, number], string>(
      `SELECT call FROM usage_lists WHERE viewer = ? AND finish = ? AND tool = ? AND call < ?
       ORDER BY call DESC LIMIT ?`,
    )
    .pluck();
  // From one to the next: all of a tool are passed over at once.
  const tools = db
    .prepare<{ viewer: number; finish: number }, number>(
      `WITH RECURSIVE tools (tool) AS (
         SELECT min(tool) FROM usage_lists WHERE viewer = @viewer AND finish = @finish
         UNION ALL
         SELECT (SELECT min(tool) FROM usage_lists
           WHERE viewer = @viewer AND finish = @finish AND tool > tools.tool)
         FROM tools WHERE tools.tool IS NOT NULL)
       SELECT tool FROM tools WHERE tool IS NOT NULL`,
    )
    .pluck();
  /** Under which tools to look; only tools that there are complete a call, so they are few. */
  const toolsOf = (asked: string | undefined, viewer: number, finish: number): number[] => {
    if (asked !== undefined) return [names.find(asked) ?? []].flat();
    return finish === names.find('complete') ? tools.all({ viewer, finish }) : [NO_NAME];
  };
  return ({ tool, finish, before = AFTER_ALL, limit }, viewer) => {
    const viewerId = names.find(viewer);
    if (viewerId === undefined) return [];
    const finishes = (finish === undefined ? FINISHES : [finish]).flatMap(
      (each) => names.find(each) ?? [],
    );
    return finishes.flatMap((finishId) =>
      toolsOf(tool, viewerId, finishId).flatMap((toolId) =>
        listed.all(viewerId, finishId, toolId, before, limit),
      ),
    );
  };
}

function openPlain(db: Database) {
  const sql = (whose: string): string =>
    `SELECT * FROM calls WHERE ${whose} AND id < @before ORDER BY id DESC LIMIT @limit`;
  const all = db.prepare<{ before: string; limit: number }, CallRow>(sql('TRUE'));
  const own = db.prepare<{ before: string; limit: number; viewer: string }, CallRow>(
    sql('principal = @viewer'),
  );
  return (viewer: Viewer, before: string, limit: number): CallRow[] =>
    viewer === null ? all.all({ before, limit }) : own.all({ before, limit, viewer });
}

interface WaitingQuery {
  row: number;
  viewer: Viewer;
  before: string;
  tool: string | null;
  finish: string | null;
  limit: number;
}

/** Those that are not in the sums yet. */
function openWaiting(db: Database): (query: WaitingQuery) => string[] {
  const statement = db
    .prepare<WaitingQuery, string>(
      // A plus keeps SQLite from the index of ids, which is in order but holds every call.
      `SELECT id FROM calls WHERE patient() AND calls.rowid > @row AND +id < @before
         AND (@viewer IS NULL OR +principal = @viewer) AND (@tool IS NULL OR tool = @tool)
         AND (@finish IS NULL OR finish = @finish)
       ORDER BY +id DESC LIMIT @limit`,
    )
    .pluck();
  return (query) => statement.all(query);
}
