import type { Evaluation } from '../../eval/evaluate.ts';
import type { VersionPrice } from '../../eval/price.ts';
import { compareRuns } from '../../eval/report.ts';
import type { Compared, VersionLine } from './lines.ts';
import type { EvalWish } from './options.ts';
import type { Prepared } from './prepare.ts';
import { failuresOf, warningsOf } from './verdicts.ts';

/** All that an evaluation has to say. */
export interface EvalReport {
  promptId: string;
  evaluation: string;
  isStopped: boolean;
  /** Whether it can be found again. */
  isKept: boolean;
  cases: number;
  casesHash: string;
  model: string | null;
  simulated: boolean;
  prices: readonly VersionPrice[];
  versions: readonly VersionLine[];
  compared: readonly Compared[];
  /** Cautions for reading the figures. */
  warnings: readonly string[];
  /** Why the exit code is 1. */
  failures: readonly string[];
}

export function buildReport(
  prepared: Prepared,
  wish: EvalWish,
  { evaluation, prices }: { evaluation: Evaluation; prices: readonly VersionPrice[] },
): EvalReport {
  const { isStopped, trouble } = evaluation;
  const versions = evaluation.versions.map(({ run, results, missing }): VersionLine => ({
    version: run.prompt.version,
    run,
    missing,
    scores: results.map(({ score }) => score),
    failed: results.filter(({ verdict }) => verdict === 'failed'),
    degraded: results.filter(({ isDegraded }) => isDegraded).length,
  }));
  const compared = compareAll(prepared, versions);
  const { promptId, casesHash } = prepared;
  return {
    promptId,
    casesHash,
    prices,
    versions,
    compared,
    isStopped,
    evaluation: evaluation.id,
    cases: prepared.cases.length,
    model: wish.model,
    isKept: !isStopped && trouble === null,
    simulated: versions.some(({ run }) => run.simulated),
    warnings: warningsOf(prepared, wish, { versions, compared }),
    failures: failuresOf(wish, { versions, compared, isStopped, trouble }),
  };
}

/** Compares versions; no case with two scores: nothing. */
function compareAll({ baseline, against }: Prepared, versions: readonly VersionLine[]): Compared[] {
  const first = versions.find(({ version }) => version === baseline);
  const others = versions.filter(({ version }) => version !== baseline);
  return [
    ...(first ? others : []).map(({ version, scores }) => ({
      version,
      against: baseline,
      ...compareRuns(first?.scores ?? [], scores),
    })),
    ...(against ? versions : []).map(({ version, scores }) => ({
      version,
      against: against?.run.id ?? '',
      ...compareRuns(against?.scores ?? [], scores),
    })),
  ].filter(({ pairs }) => pairs > 0);
}
