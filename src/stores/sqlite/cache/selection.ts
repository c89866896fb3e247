import type { Database } from 'better-sqlite3';
import type { Selection } from '../../ports/cache.ts';

/** Rows of the entries that are meant; `e` is the entry. */
export function selectRows(db: Database, selection: Selection): number[] {
  const conditions = conditionsOf(selection);
  if (conditions.length === 0) return [];
  const where = conditions.map(([condition]) => condition).join(' AND ');
  return db
    .prepare<unknown[], number>(`SELECT e.id FROM cache_entries e WHERE ${where}`)
    .pluck()
    .all(...conditions.flatMap(([, values]) => values));
}

type Condition = [sql: string, values: unknown[]];

/** Every condition that is given; none at all means no entry. */
function conditionsOf({ entry, tool, prompt, tag, tenant, all }: Selection): Condition[] {
  const given: Condition[] = [];
  if (entry !== undefined) given.push(['e.call = ?', [entry]]);
  if (tool !== undefined) given.push(['e.tool = ?', [tool]]);
  if (prompt !== undefined)
    given.push([
      "(e.prompt = ? OR substr(e.prompt, 1, length(?) + 1) = ? || '@')",
      [prompt, prompt, prompt],
    ]);
  if (tag !== undefined)
    given.push(['e.id IN (SELECT entry FROM cache_tags WHERE tag = ?)', [tag]]);
  if (tenant !== undefined) given.push(['e.tenant = ?', [tenant]]);
  if (all) given.push(['TRUE', []]);
  return given;
}
