import { FEWEST_FOR_P, isRegression } from '../../eval/report.ts';
import type { CaseResult } from '../../eval/run-case.ts';
import type { EvalScore } from '../../stores/ports/prompts.ts';
import type { Compared, VersionLine } from './lines.ts';
import type { EvalWish } from './options.ts';
import type { Prepared, StoredRun } from './prepare.ts';

interface Measured {
  versions: readonly VersionLine[];
  compared: readonly Compared[];
}

/** Cautions for reading the figures. */
export const warningsOf = (
  { against, casesHash }: Prepared,
  wish: EvalWish,
  { versions, compared }: Measured,
): string[] => [
  ...versions.flatMap(ofVersion),
  ...(against ? ofStored(against, { casesHash, model: wish.model, versions }) : []),
  ...(wish.noRegression === null ? [] : ofRegression(wish.noRegression, { versions, compared })),
];

const sentences = (said: readonly (string | false)[]): string[] =>
  said.filter((each) => each !== false);

const ofVersion = ({ version, failed, missing, degraded }: VersionLine): string[] =>
  sentences([
    failed.length > 0 &&
      `${version}: ${String(failed.length)} of its cases got no answer, which counts as 0: ${reasons(failed)}`,
    missing.length > 0 &&
      `${version}: ${String(missing.length)} of its cases are left out, which is no fault of the prompt: ${reasons(missing)}`,
    degraded > 0 &&
      `${version}: ${String(degraded)} answers are degraded: by another model than planned, or cut`,
  ]);

/** Count of each: `budget_spent (3), not_graded (1)`. */
function reasons(results: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of results)
    counts.set(reason ?? 'unknown', (counts.get(reason ?? 'unknown') ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${reason} (${String(count)})`).join(', ');
}

const ofStored = (
  { run }: StoredRun,
  { casesHash, model, versions }: Pick<Measured, 'versions'> & Now,
): string[] =>
  sentences([
    run.casesHash !== casesHash &&
      `the cases have changed since ${run.id}: compared are those of the same name`,
    run.model !== model && `${run.id} asked ${inWords(run.model)}, this one ${inWords(model)}`,
    versions.some(({ run: own }) => own.simulated !== run.simulated) &&
      `${run.id} ${run.simulated ? 'was answered by the simulator' : 'was not answered by the simulator'}`,
  ]);

interface Now {
  casesHash: string;
  model: string | null;
}

const inWords = (model: string | null): string =>
  model === null ? 'models as routed' : `only ${model}`;

function ofRegression(baseline: string, { versions, compared }: Measured): string[] {
  if (versions.length < 2)
    return [`no other version takes part: ${baseline} is compared with none`];
  const few = compared.find((each) => each.against === baseline && each.pairs < FEWEST_FOR_P);
  return few
    ? [
        `with ${String(few.pairs)} cases no regression can show: p < 0.05 takes at least ${String(FEWEST_FOR_P)}`,
      ]
    : [];
}

/** Sums in another order differ in their last digits. */
const ROUNDING = 1e-9;

/** Why the exit code is 1. */
export function failuresOf(
  wish: EvalWish,
  { isStopped, trouble, ...measured }: Measured & { isStopped: boolean; trouble: string | null },
): string[] {
  // Results so far prove nothing.
  if (isStopped) return ['it was stopped: nothing is kept'];
  return [
    ...(trouble === null ? [] : [`the scores could not be kept: ${trouble}`]),
    ...ofGates(wish, measured),
  ];
}

function ofGates({ minScore, noRegression }: EvalWish, { versions, compared }: Measured): string[] {
  // With an outage in the middle no version is worse than another, and the few that were answered are good.
  const unsure = minScore !== null || noRegression !== null ? versions : [];
  const low = versions.filter(
    ({ scores }) => minScore !== null && scores.length > 0 && meanOf(scores) < minScore - ROUNDING,
  );
  const worse = compared.filter((each) => each.against === noRegression && isRegression(each));
  return [
    ...unsure
      .filter(({ missing }) => missing.length > 0)
      .map(
        ({ version, missing }) =>
          `there is no verdict on ${version}: ${String(missing.length)} of its cases could not be measured; run it again once that has passed`,
      ),
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
  scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
