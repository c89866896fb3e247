import type { PromptVersion } from '../core/call/prompt.ts';
import type { EvalStore, EvalRun } from '../stores/ports/prompts.ts';
import type { ReadyCase } from './check-cases.ts';
import { runCase, type CaseParts, type CaseResult } from './run-case.ts';

export interface EvalParts extends CaseParts {
  store: Pick<EvalStore, 'keep'>;
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

/** Result of one version. */
interface VersionResult {
  /** Its price is all that was spent, whatever came of it. */
  run: EvalRun;
  /** Cases that have a score, in their order. */
  results: readonly CaseResult[];
  /** Cases that have none, through no fault of the prompt. */
  missing: readonly CaseResult[];
}

export interface Evaluation {
  id: string;
  versions: readonly VersionResult[];
  /** It was stopped before all cases had ended; then nothing is kept. */
  isStopped: boolean;
  /** Why the book could not keep it; null where it did, or was not asked to. */
  trouble: string | null;
}

/**
 * Each version answers the same cases, through the real pipeline, case by case over the versions, so that
 * whatever drifts meanwhile hits all alike. The scores are kept, unless it was stopped.
 */
export async function evaluate(parts: EvalParts, plan: EvalPlan): Promise<Evaluation> {
  const { promptId, signal, concurrency, cases, versions } = plan;
  const startedAt = parts.now();
  const results = versions.map((): (CaseResult | undefined)[] => cases.map(() => undefined));
  await runPool(toJobs(plan), { concurrency, signal }, async ({ at, version, evalCase }) => {
    const { meta, hash } = version;
    const wish = `${promptId}@${meta.version}`;
    const result = await runCase(parts, { wish, hash, evalCase, signal });
    const place = results[versions.indexOf(version)];
    if (place) place[at] = result;
    parts.onResult(result);
  });
  const id = parts.newId('evaluation');
  const ended = versions.map(({ meta, hash }, at): VersionResult => {
    const all = (results[at] ?? []).filter((each) => each !== undefined);
    const prompt = { id: promptId, version: meta.version, hash };
    return {
      run: toRun(parts, plan, { evaluation: id, prompt, startedAt, all }),
      results: all.filter(({ verdict }) => verdict === 'graded' || verdict === 'failed'),
      missing: all.filter(({ verdict }) => verdict === 'missing'),
    };
  });
  const isStopped = ended.some((each) => each.results.length + each.missing.length < cases.length);
  const trouble = isStopped ? null : await keep(parts.store, ended);
  return { id, versions: ended, isStopped, trouble };
}

/**
 * Keeps the runs. A missing case is not kept as a 0, which would be compared with. Runs paid for are shown,
 * also if not kept. @returns why it cannot
 */
async function keep(
  store: EvalParts['store'],
  versions: readonly VersionResult[],
): Promise<string | null> {
  try {
    for (const { run, results } of versions.filter(({ results: all }) => all.length > 0))
      await store.keep(
        run,
        results.map(({ score }) => score),
      );
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface CaseJob {
  /** Place of the case in the plan. */
  at: number;
  version: EvalPlan['versions'][number];
  evalCase: ReadyCase;
}

/** The first version rotates: being second may be an advantage, once a prompt is cached. */
const toJobs = ({ cases, versions }: EvalPlan): CaseJob[] =>
  cases.flatMap((evalCase, at) =>
    rotated(versions, at).map((version) => ({ at, evalCase, version })),
  );

const rotated = <Item>(items: readonly Item[], by: number): Item[] => {
  const first = by % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
};

function toRun(
  { now, newId, simulated }: EvalParts,
  { casesHash, model }: EvalPlan,
  {
    all,
    ...of
  }: Pick<EvalRun, 'evaluation' | 'prompt' | 'startedAt'> & { all: readonly CaseResult[] },
): EvalRun {
  const costNanoUsd = all.reduce((sum, { score }) => sum + score.costNanoUsd, 0);
  return { id: newId('run'), ...of, casesHash, model, simulated, endedAt: now(), costNanoUsd };
}

/**
 * Work on all items in their order, at most so many at a time. Once the signal aborts no other is begun;
 * it settles when those that run have ended.
 * @param work must not reject
 */
async function runPool<Item>(
  items: readonly Item[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // All workers take from the same one.
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
