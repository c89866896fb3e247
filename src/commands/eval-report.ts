import type { Evaluation } from '../eval/evaluate.ts';
import type { VersionPrice } from '../eval/price.ts';
import { compareRuns, FEWEST_FOR_P, isRegression, type Comparison } from '../eval/report.ts';
import type { CaseResult } from '../eval/run-case.ts';
import type { EvalRun, EvalScore } from '../stores/prompt-port.ts';
import type { EvalWish } from './eval-options.ts';
import type { Prepared } from './eval-prepare.ts';

/** One version, as it is shown. */
export interface VersionLine {
  version: string;
  run: EvalRun;
  scores: readonly EvalScore[];
  /** Cases whose score says nothing of the prompt. */
  failed: number;
  degraded: number;
}

/** A version against a version, or against a stored run. */
export interface Compared extends Comparison {
  version: string;
  /** `v2`, or the id of a run. */
  against: string;
}

/** All that an evaluation has to say. */
export interface EvalReport {
  promptId: string;
  evaluation: string;
  isStopped: boolean;
  cases: number;
  casesHash: string;
  model: string | null;
  simulated: boolean;
  prices: readonly VersionPrice[];
  versions: readonly VersionLine[];
  compared: readonly Compared[];
  /** What to know before believing the figures. */
  warnings: readonly string[];
  /** Why the exit code is 1. */
  failures: readonly string[];
}

export function buildReport(
  prepared: Prepared,
  wish: EvalWish,
  { evaluation, prices }: { evaluation: Evaluation; prices: readonly VersionPrice[] },
): EvalReport {
  const versions = evaluation.versions.map(({ run, results }): VersionLine => ({
    ...{ version: run.prompt.version, run, scores: results.map(({ score }) => score) },
    failed: countOf(results, ({ isFailed }) => isFailed),
    degraded: countOf(results, ({ isDegraded }) => isDegraded),
  }));
  const compared = compareAll(prepared, versions);
  const report = { versions, compared, isStopped: evaluation.isStopped };
  const { promptId, casesHash } = prepared;
  return {
    ...report,
    ...{ promptId, casesHash, prices, evaluation: evaluation.id, cases: prepared.cases.length },
    model: wish.model,
    simulated: versions.some(({ run }) => run.simulated),
    warnings: warningsOf(prepared, wish, report),
    failures: failuresOf(wish, report),
  };
}

const countOf = (results: readonly CaseResult[], is: (result: CaseResult) => boolean): number =>
  results.filter(is).length;

function compareAll({ baseline, against }: Prepared, versions: readonly VersionLine[]): Compared[] {
  const first = versions.find(({ version }) => version === baseline);
  const others = versions.filter(({ version }) => version !== baseline);
  return [
    ...(first ? others : []).map(({ version, scores }) => ({
      ...{ version, against: baseline },
      ...compareRuns(first?.scores ?? [], scores),
    })),
    ...(against ? versions : []).map(({ version, scores }) => ({
      ...{ version, against: against?.run.id ?? '' },
      ...compareRuns(against?.scores ?? [], scores),
    })),
  ];
}

type Judged = Pick<EvalReport, 'versions' | 'compared' | 'isStopped'>;

function warningsOf(prepared: Prepared, wish: EvalWish, { versions }: Judged): string[] {
  const { against, cases, casesHash } = prepared;
  const spoilt = versions.filter(({ failed }) => failed > 0);
  const degraded = versions.filter(({ degraded: count }) => count > 0);
  const said: (string | false)[] = [
    ...spoilt.map(
      ({ version, failed }) =>
        `${version}: ${String(failed)} of its cases got no answer or no grade: what is missing counts as 0, and may be no fault of the prompt`,
    ),
    ...degraded.map(
      ({ version, degraded: count }) =>
        `${version}: ${String(count)} answers are degraded: by another model than planned, or cut`,
    ),
    against !== null &&
      against.run.casesHash !== casesHash &&
      `the cases have changed since ${against.run.id}: compared are those of the same name`,
    against !== null &&
      versions.some(({ run }) => run.simulated !== against.run.simulated) &&
      `${against.run.id} ${against.run.simulated ? 'was answered by the simulator' : 'was not answered by the simulator'}`,
    wish.noRegression !== null &&
      cases.length < FEWEST_FOR_P &&
      `with ${String(cases.length)} cases no regression can show: p < 0.05 takes at least ${String(FEWEST_FOR_P)}`,
  ];
  return said.filter((each) => each !== false);
}

/** Sums in another order differ in their last digits. */
const ROUNDING = 1e-9;

function failuresOf(
  { minScore, noRegression }: EvalWish,
  { versions, compared, isStopped }: Judged,
): string[] {
  const low = versions.filter(
    ({ scores }) => minScore !== null && meanOf(scores) < minScore - ROUNDING,
  );
  const worse = compared.filter((each) => each.against === noRegression && isRegression(each));
  return [
    ...(isStopped ? ['it was stopped: nothing is kept'] : []),
    ...low.map(
      ({ version, scores }) =>
        `${version} scores ${meanOf(scores).toFixed(3)}, which is less than ${String(minScore)}`,
    ),
    ...worse.map(
      ({ version, against, difference, p }) =>
        `${version} is worse than ${against}: ${difference.toFixed(3)}, p = ${p.toPrecision(2)}`,
    ),
  ];
}

const meanOf = (scores: readonly EvalScore[]): number =>
  scores.reduce((sum, { score }) => sum + score, 0) / Math.max(1, scores.length);
