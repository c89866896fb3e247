import { pino } from 'pino';
import { amountUsed } from '../../budget/amounts.ts';
import { toRule } from '../../budget/rule.ts';
import { openBudgets } from '../../app/budgets.ts';
import { openModel } from '../../app/providers.ts';
import type { AmountOf, SetAsideRow, Verification } from '../../stores/ports/store.ts';
import { pretty, print } from '../shared/invoke.ts';
import { toTable, type Column } from '../shared/table.ts';
import { withStore } from '../shared/with-store.ts';

/** More rows than anybody reads. */
const MOST_SET_ASIDE = 1_000;

/**
 * `tollgate usage verify`: whether sums and budgets say what the rows of the ledger do, and which rows
 * could not be written as they were. The process ends with 1 where there is anything to look at.
 */
export async function verifyUsage({ json }: { json?: true }): Promise<void> {
  await withStore(async (store, config) => {
    const { isSimulated } = openModel(config);
    const log = pino({ level: 'silent' });
    const { service } = openBudgets({ config, store, log, isSimulated, now: Date.now });
    const rules = new Map((await service.list()).map((each) => [each.name, toRule(each)]));
    const amountOf: AmountOf = (budget, unit, attempts) => {
      const weights = rules.get(budget)?.weights;
      // Tokens count as the budget says, money and requests as they are.
      if (unit === 'tokens' && !weights) return null;
      return amountUsed({ unit, weights: weights ?? ALIKE }, attempts);
    };
    const found = await store.ledger.verify({ amountOf, now: Date.now() });
    const aside = await store.setAside.list(0, MOST_SET_ASIDE);
    print(json ? pretty(toJson(found, aside)) : `${inWords(found)}${asideInWords(aside)}`);
    if (found.count + aside.length > 0) process.exitCode = 1;
  });
}

const ALIKE = { input: 1, output: 1, thinking: 1, cache_read: 1, cache_write: 1 };

type DifferenceRow = Verification['differences'][number];

const COLUMNS: readonly Column<DifferenceRow>[] = [
  { title: 'what', cell: ({ what }) => what },
  { title: 'kept', cell: ({ kept }) => String(kept), isAmount: true },
  { title: 'by the rows', cell: ({ rows }) => String(rows), isAmount: true },
];

function inWords(found: Verification): string {
  const { rows, waiting, sums, meters, unchecked, count, differences } = found;
  const waits = waiting === 0 ? '' : `, ${String(waiting)} newer ones are not in the sums yet`;
  const untold =
    unchecked === 0 ? '' : ` (of ${String(unchecked)} nobody can tell any more what was used)`;
  const head = [
    `${String(rows)} rows make up ${String(sums)} sums${waits}`,
    `${String(meters)} meters of budgets${untold}`,
    count === 0 ? 'no difference' : `${String(count)} differences`,
  ].join('\n');
  if (count === 0) return head;
  const more = count > differences.length ? `\n… the first ${String(differences.length)}` : '';
  return `${head}\n\n${toTable(COLUMNS, differences)}${more}`;
}

const toJson = (found: Verification, aside: readonly SetAsideRow[]) => ({
  ...found,
  set_aside: aside.map(({ call, at, reason }) => ({
    call,
    at: new Date(at).toISOString(),
    reason,
  })),
});

function asideInWords(aside: readonly SetAsideRow[]): string {
  if (aside.length === 0) return '';
  const lines = aside.map(
    ({ call, at, reason }) => `${new Date(at).toISOString()} ${call}: ${reason}`,
  );
  return [`\n\n${String(aside.length)} rows could not be written as they were:`, ...lines].join(
    '\n',
  );
}
