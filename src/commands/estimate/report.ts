import { replay, type Accuracy, type AccuracyReport } from '../../model/estimate/replay.ts';
import { print } from '../shared/invoke.ts';
import { withStore } from '../shared/with-store.ts';

/** Error of our counts of tokens against the provider's, from the newest calls of the ledger. */
export async function printReport({
  calls,
  asJson,
}: {
  calls: number;
  asJson: boolean;
}): Promise<void> {
  await withStore(async ({ ledger }) => {
    const report = replay(await ledger.countedAttempts(calls));
    if (asJson) print(JSON.stringify(toWire(report), null, 2));
    else print(report === null ? NOTHING_COUNTED : toTable(report));
  });
}

const NOTHING_COUNTED =
  'There is nothing to compare yet: no call in the ledger has both our estimate and the counts of the provider.';

const toWire = (report: AccuracyReport | null): object => ({
  groups: (report?.groups ?? []).map(({ model, side, content, ...accuracy }) => ({
    model,
    side,
    content,
    ...toWireAccuracy(accuracy),
  })),
  all: report && toWireAccuracy(report.all),
});

const toWireAccuracy = (accuracy: Accuracy): object => ({
  samples: accuracy.samples,
  mean_error: accuracy.meanError,
  mean_absolute_error: accuracy.meanAbsoluteError,
  p95_absolute_error: accuracy.p95AbsoluteError,
  above_high: accuracy.aboveHigh,
  predicted_tokens: accuracy.predictedTokens,
  actual_tokens: accuracy.actualTokens,
});

const HEAD = [
  ...['model', 'side', 'content', 'samples', 'mean error %', 'mean |error| %', 'p95 |error| %'],
  ...['above high %', 'predicted tokens', 'actual tokens'],
];
const TEXT_COLUMNS = 3;

function toTable({ groups, all }: AccuracyReport): string {
  const rows = [
    HEAD,
    ...groups.map((group) => [group.model, group.side, group.content, ...toCells(group)]),
    ['all', '', '', ...toCells(all)],
  ];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
  return `${table.join('\n')}\n\n${LEGEND}`;
}

const LEGEND = `Each attempt as it would have been predicted from those before it, against the provider's count.
Above 0 is predicted too high. "above high": how often there were more tokens than the prediction that 95 % stay below.`;

const percent = (share: number): string => (share * 100).toFixed(1);

const toCells = (accuracy: Accuracy): string[] => [
  String(accuracy.samples),
  percent(accuracy.meanError),
  percent(accuracy.meanAbsoluteError),
  percent(accuracy.p95AbsoluteError),
  percent(accuracy.aboveHigh),
  String(accuracy.predictedTokens),
  String(accuracy.actualTokens),
];
