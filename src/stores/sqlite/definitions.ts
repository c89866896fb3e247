import type { Database } from 'better-sqlite3';
import type { BudgetSettings } from '../../../schemas/wire/budget.ts';
import type { BudgetStore } from '../ports/store.ts';
import { answer } from './answer.ts';
import type { Writer } from './writer.ts';

/** In the table `shared`: another number whenever a definition has changed, in any process. */
const VERSION = 'budgets_version';

/** Budgets that were set. They are read before every call, so they are parsed once a version. */
export function openDefinitions(
  db: Database,
  writer: Writer,
): Pick<BudgetStore, 'definitions' | 'put' | 'remove'> {
  const version = db.prepare<[string], string>('SELECT value FROM shared WHERE name = ?').pluck();
  const bump = db.prepare<[string]>(
    `INSERT INTO shared (name, value) VALUES (?, '1')
     ON CONFLICT (name) DO UPDATE SET value = CAST(value + 1 AS TEXT)`,
  );
  const all = db.prepare<[], { name: string; settings: string }>(
    'SELECT name, settings FROM budgets ORDER BY name',
  );
  const put = db.prepare<[string, string]>(
    `INSERT INTO budgets (name, settings) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`,
  );
  const remove = db.prepare<[string]>('DELETE FROM budgets WHERE name = ?');

  let known: { version: string; budgets: ReadonlyMap<string, BudgetSettings> } | null = null;

  return {
    definitions: () =>
      answer(() => {
        // Read before the rows: if they change in between they are read once more, never once less.
        const now = version.get(VERSION) ?? '0';
        known = known?.version === now ? known : { version: now, budgets: toBudgets(all.all()) };
        return known.budgets;
      }),
    put: (name, settings) =>
      writer.write(() => {
        put.run(name, JSON.stringify(settings));
        bump.run(VERSION);
      }),
    remove: (name) =>
      writer.write(() => {
        const isRemoved = remove.run(name).changes > 0;
        if (isRemoved) bump.run(VERSION);
        return isRemoved;
      }),
  };
}

const toBudgets = (
  rows: readonly { name: string; settings: string }[],
): ReadonlyMap<string, BudgetSettings> =>
  new Map(rows.map(({ name, settings }) => [name, JSON.parse(settings) as BudgetSettings]));
