import type { BudgetsMeasured } from './budgets.ts';
import { RATE, type PairsMeasured } from './budgets-load.ts';
import { ms, table } from './table.ts';
import type { Target } from './target.ts';

const rateOf = ({ pairs, seconds }: PairsMeasured): number => pairs / seconds;
const worst = (of: 'hold' | 'record', each: readonly PairsMeasured[]): number =>
  Math.max(...each.map((measured) => measured[of].p99));

const cells = (measured: readonly PairsMeasured[]): string[] => {
  const sum = measured.reduce((total, each) => total + rateOf(each), 0);
  const p50 = (of: 'hold' | 'record'): number => Math.max(...measured.map((each) => each[of].p50));
  return [
    sum.toFixed(0),
    ...[p50('hold'), worst('hold', measured), p50('record'), worst('record', measured)].map(ms),
  ];
};

/** What it costs to admit a call and to settle it, on one budget that everybody shares. */
export const budgetTable = ({ paced, oneProcess, processes }: BudgetsMeasured): string =>
  table([
    ['admit and settle, one hot budget, ms', 'pairs/s', 'admit p50', 'p99', 'settle p50', 'p99'],
    ...oneProcess.map(({ loops, measured }) => [
      `one process, ${String(loops)} at once`,
      ...cells([measured]),
    ]),
    [`one process, ${String(RATE)} a second, from when each was due`, ...cells([paced])],
    [
      `${String(processes.measured.length)} processes, ${String(processes.loops)} at once each, the slowest of them`,
      ...cells(processes.measured),
    ],
  ]);

/** How many at once the targets are read at: as few as reach the rate. */
const AT_ONCE = 4;

export function budgetTargets({ paced, oneProcess, processes }: BudgetsMeasured): Target[] {
  const one = oneProcess.find(({ loops }) => loops === AT_ONCE)?.measured ?? paced;
  const several = processes.measured.reduce((sum, each) => sum + rateOf(each), 0);
  const p99 = (each: PairsMeasured): number => Math.max(each.hold.p99, each.record.p99);
  const atMost = (name: string, measured: number): Target => ({
    name,
    wanted: 2,
    measured,
    unit: ' ms',
    atLeast: false,
  });
  const atLeast = (name: string, wanted: number, measured: number): Target => ({
    name,
    wanted,
    measured,
    unit: ' pairs/s',
    atLeast: true,
  });
  return [
    atLeast(`admit and settle, one process, ${String(AT_ONCE)} at once`, RATE, rateOf(one)),
    atMost('the same, p99 of either', p99(one)),
    atMost(`at a fixed ${String(RATE)} a second, p99 of either`, p99(paced)),
    atLeast('admit and settle, 4 processes in sum', 2_000, several),
  ];
}
