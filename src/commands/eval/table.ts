import { toUsd } from '../../core/call/wire.ts';
import type { VersionPrice } from '../../eval/price.ts';
import { summarize, worstCases, type VersionSummary, type WorstCase } from '../../eval/report.ts';
import type { EvalStore, EvalScore } from '../../stores/ports/prompts.ts';
import type { Compared, VersionLine } from './lines.ts';
import type { EvalReport } from './report.ts';
import { toTable, type Column } from '../shared/table.ts';

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const dollars = (nanoUsd: number): string => toUsd(nanoUsd).toFixed(6);
const share = (value: number): string => value.toFixed(3);
const signed = (value: number): string => `${value < 0 ? '' : '+'}${share(value)}`;
const pValue = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toFixed(4));

const PRICES: readonly Column<VersionPrice>[] = [
  { title: 'version', cell: ({ version }) => version },
  { title: 'expected USD', cell: ({ expectedNanoUsd: n }) => dollars(n), isAmount: true },
  { title: 'at most USD', cell: ({ worstNanoUsd: n }) => dollars(n), isAmount: true },
];

/** Price of it, for a terminal. */
export function priceText(prices: readonly VersionPrice[]): string {
  const sum = (pick: (price: VersionPrice) => number): number =>
    prices.reduce((total, price) => total + pick(price), 0);
  const all: VersionPrice = {
    version: 'all',
    expectedNanoUsd: sum(({ expectedNanoUsd }) => expectedNanoUsd),
    worstNanoUsd: sum(({ worstNanoUsd }) => worstNanoUsd),
  };
  return toTable(PRICES, [...prices, all]);
}

interface ScoreLine extends VersionLine {
  sums: VersionSummary;
}

/** Of no case. */
const NO_SCORE = '-';

const VERSIONS: readonly Column<ScoreLine>[] = [
  { title: 'version', cell: ({ version }) => version },
  {
    title: 'score',
    cell: ({ sums }) => (sums.cases === 0 ? NO_SCORE : share(sums.score)),
    isAmount: true,
  },
  { title: '95 % interval', cell: ({ sums }) => `${share(sums.low)} to ${share(sums.high)}` },
  { title: 'cases', cell: ({ sums }) => whole(sums.cases), isAmount: true },
  { title: 'failed', cell: ({ failed }) => whole(failed.length), isAmount: true },
  { title: 'cost USD', cell: ({ run }) => dollars(run.costNanoUsd), isAmount: true },
  { title: 'p50 ms', cell: ({ sums }) => whole(sums.p50Ms), isAmount: true },
  { title: 'p95 ms', cell: ({ sums }) => whole(sums.p95Ms), isAmount: true },
  { title: 'tokens in', cell: ({ sums }) => whole(sums.inputTokens), isAmount: true },
  { title: 'tokens out', cell: ({ sums }) => whole(sums.outputTokens), isAmount: true },
];

/** Under this name it is found again. */
const RUN: Column<ScoreLine> = {
  title: 'run',
  cell: ({ run, scores }) => (scores.length === 0 ? 'not kept' : run.id),
};

const COMPARED: readonly Column<Compared>[] = [
  { title: 'version', cell: ({ version }) => version },
  { title: 'against', cell: ({ against }) => against },
  { title: 'difference', cell: ({ difference }) => signed(difference), isAmount: true },
  { title: 'p', cell: ({ p }) => pValue(p), isAmount: true },
  { title: 'better', cell: ({ wins }) => whole(wins), isAmount: true },
  { title: 'worse', cell: ({ losses }) => whole(losses), isAmount: true },
  { title: 'same', cell: ({ ties }) => whole(ties), isAmount: true },
];

const MOST_WORST = 5;

/** Scores, comparisons and the worst cases, for a terminal. */
export function reportText(report: EvalReport): string {
  const { promptId, cases, model, simulated, versions, compared, warnings, failures } = report;
  const lines = versions.map((each) => ({ ...each, sums: summarize(each.scores) }));
  const who = [simulated ? 'the simulator' : '', model === null ? '' : `only ${model}`];
  const by = who.filter((each) => each !== '').join(', ');
  const spent = lines.reduce((sum, { run }) => sum + run.costNanoUsd, 0);
  const parts = [
    `${promptId}: ${whole(cases)} cases${by === '' ? '' : `, ${by}`}, ${dollars(spent)} USD in all`,
    toTable(report.isKept ? [...VERSIONS, RUN] : VERSIONS, lines),
    ...(compared.length === 0 ? [] : [toTable(COMPARED, compared)]),
    ...worstText(versions),
    ...warnings.map((each) => `Note: ${each}.`),
    ...failures.map((each) => `Failed: ${each}.`),
  ];
  return parts.join('\n\n');
}

function worstText(versions: readonly VersionLine[]): string[] {
  const worst = worstCases(
    versions.map(({ scores }) => scores),
    MOST_WORST,
  );
  return worst.length === 0
    ? []
    : [`Worst cases:\n${worst.map((each) => worstLines(each, versions)).join('\n')}`];
}

const DETAIL_CHARS = 160;

function worstLines({ name, scores }: WorstCase, versions: readonly VersionLine[]): string {
  const said = scores.flatMap((each, at) =>
    each === null
      ? []
      : [`    ${versions[at]?.version ?? ''} ${share(each.score)} ${detail(each)}`],
  );
  return [`  ${printable(name)}`, ...said.map((line) => line.trimEnd())].join('\n');
}

const detail = ({ detail: text }: EvalScore): string =>
  printable(text.length <= DETAIL_CHARS ? text : `${text.slice(0, DETAIL_CHARS)}…`);

/** A model's words must neither move the cursor nor turn the direction of what follows. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');

type Stored = Awaited<ReturnType<EvalStore['list']>>[number];

const RUNS: readonly Column<Stored>[] = [
  { title: 'run', cell: ({ id }) => id },
  { title: 'version', cell: ({ prompt }) => prompt.version },
  {
    title: 'started',
    cell: ({ startedAt }) => `${new Date(startedAt).toISOString().slice(0, 19)}Z`,
  },
  { title: 'score', cell: ({ score }) => share(score), isAmount: true },
  { title: 'cases', cell: ({ cases }) => whole(cases), isAmount: true },
  { title: 'cost USD', cell: ({ costNanoUsd }) => dollars(costNanoUsd), isAmount: true },
  { title: 'model', cell: ({ model }) => model ?? 'as routed' },
  { title: 'by', cell: ({ simulated }) => (simulated ? 'simulator' : 'provider') },
  { title: 'cases hash', cell: ({ casesHash }) => casesHash.slice(0, 12) },
  { title: 'evaluation', cell: ({ evaluation }) => evaluation },
];

/** Stored runs, for a terminal. */
export const runsText = (runs: readonly Stored[]): string => toTable(RUNS, runs);
