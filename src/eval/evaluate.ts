import type { PromptVersion } from '../call/prompt.ts';
import type { EvalBook, EvalRun } from '../stores/prompt-port.ts';
import type { ReadyCase } from './check-cases.ts';
import { runPool } from './pool.ts';
import { runCase, type CaseParts, type CaseResult } from './run-case.ts';

export interface EvalParts extends CaseParts {
  book: Pick<EvalBook, 'keep'>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new id each time. */
  newId: (of: 'evaluation' | 'run') => string;
  simulated: boolean;
  /** Hears of every case of every version that has ended. */
  onResult: (result: CaseResult) => void;
}

export interface EvalPlan {
  promptId: string;
  versions: readonly Pick<PromptVersion, 'meta' | 'hash'>[];
  cases: readonly ReadyCase[];
  casesHash: string;
  /** The only model that is asked; null: as calls are routed. */
  model: string | null;
  /** Most calls at a time. */
  concurrency: number;
  /** Stops it. */
  signal: AbortSignal;
}

/** What came of one version. */
export interface VersionResult {
  run: EvalRun;
  /** In the order of the cases; fewer where it was stopped. */
  results: readonly CaseResult[];
}

export interface Evaluation {
  id: string;
  versions: readonly VersionResult[];
  /** It was stopped before all cases had ended; then nothing is kept. */
  isStopped: boolean;
}

/**
 * Each version answers the same cases, through the real pipeline, case by case over the versions, so that
 * whatever drifts meanwhile hits all alike. What came of it is kept, unless it was stopped.
 */
export async function evaluate(parts: EvalParts, plan: EvalPlan): Promise<Evaluation> {
  const { promptId, signal, concurrency, cases, versions } = plan;
  const startedAt = parts.now();
  const results = versions.map((): (CaseResult | undefined)[] => cases.map(() => undefined));
  await runPool(toJobs(plan), { concurrency, signal }, async ({ at, version, evalCase }) => {
    const wish = `${promptId}@${versions[version]?.meta.version ?? ''}`;
    const result = await runCase(parts, { wish, evalCase, signal });
    const place = results[version];
    if (!result || !place) return;
    place[at] = result;
    parts.onResult(result);
  });
  const id = parts.newId('evaluation');
  const ended = versions.map(({ meta, hash }, at): VersionResult => {
    const done = (results[at] ?? []).filter((each) => each !== undefined);
    const prompt = { id: promptId, version: meta.version, hash };
    return { run: toRun(parts, plan, { evaluation: id, prompt, startedAt, done }), results: done };
  });
  const isStopped = ended.some((each) => each.results.length < cases.length);
  if (!isStopped)
    for (const each of ended)
      await parts.book.keep(
        each.run,
        each.results.map(({ score }) => score),
      );
  return { id, versions: ended, isStopped };
}

interface Job {
  /** Places in the plan. */
  at: number;
  version: number;
  evalCase: ReadyCase;
}

/** Which version goes first rotates: being second may be an advantage, once a prompt is cached. */
const toJobs = ({ cases, versions }: EvalPlan): Job[] =>
  cases.flatMap((evalCase, at) =>
    versions.map((_, turn) => ({ at, evalCase, version: (at + turn) % versions.length })),
  );

function toRun(
  { now, newId, simulated }: EvalParts,
  { casesHash, model }: EvalPlan,
  {
    done,
    ...of
  }: Pick<EvalRun, 'evaluation' | 'prompt' | 'startedAt'> & { done: readonly CaseResult[] },
): EvalRun {
  const costNanoUsd = done.reduce((sum, { score }) => sum + score.costNanoUsd, 0);
  return { id: newId('run'), ...of, casesHash, model, simulated, endedAt: now(), costNanoUsd };
}
