import { pino } from 'pino';
import { singleStates } from '../../budget/states-from.ts';
import type { Budgets } from '../../core/services/budgets.ts';
import { openBudgets } from '../../app/budgets.ts';
import { openModel } from '../../app/providers.ts';
import type { Store } from '../../stores/ports/store.ts';
import { toBudgetName, toSettings, type BudgetOptions } from './options.ts';
import { eventTable, inWords, listTable } from './tables.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';
import { withStore } from '../shared/with-store.ts';

/** `tollgate budgets set`: make a budget or put another in its place. */
export async function setBudget(name: string, options: BudgetOptions): Promise<void> {
  const [valid, settings] = [toBudgetName(name), toSettings(options)];
  await withBudgets(async ({ budgets }) => {
    print(`set ${inWords(await budgets.set(valid, settings))}`);
  });
}

/** `tollgate budgets list`: every budget in force. */
export async function listBudgets({ json }: { json?: true }): Promise<void> {
  await withBudgets(async ({ budgets, store }) => {
    const all = await budgets.list();
    const states = await singleStates(store.budgets, all, Date.now());
    const listed = all.map((each) => ({ ...each, state: states.get(each.name) ?? null }));
    print(json ? pretty({ budgets: listed }) : listTable(listed));
  });
}

/** `tollgate budgets remove`: what was set; those of the settings stand in tollgate.yaml. */
export async function removeBudget(name: string): Promise<void> {
  await withBudgets(async ({ budgets }) => {
    await budgets.remove(name);
    print(`removed ${name}`);
  });
}

/** `tollgate budgets reset`: count the present window anew. */
export async function resetBudget(name: string, { of }: { of?: string }): Promise<void> {
  await withBudgets(async ({ budgets }) => {
    await budgets.reset(name, of ?? null);
    const whose = of === undefined ? '' : ` for ${of}`;
    print(`reset ${name}${whose}: nothing of the present window is used`);
  });
}

/** `tollgate budgets events`: thresholds that were passed, newest first. */
export async function listEvents({ limit, json }: { limit: string; json?: true }): Promise<void> {
  const most = toLimit(limit);
  await withBudgets(async ({ budgets }) => {
    const events = await budgets.events({ limit: most });
    print(json ? pretty({ events }) : eventTable(events));
  });
}

interface OpenedBudgets {
  budgets: Budgets;
  store: Store;
}

const withBudgets = (work: (opened: OpenedBudgets) => Promise<void>): Promise<void> =>
  withStore((store, config) => {
    const { isSimulated } = openModel(config);
    const log = pino({ level: 'silent' });
    const opened = openBudgets({ config, store, log, isSimulated, now: Date.now });
    return work({ budgets: opened.service, store });
  });

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--limit must be a whole number above 0, not "${text}"`);
}
