import { toUsd } from '../../core/call/wire.ts';
import type { VersionPrice } from '../../eval/price.ts';
import { summarize } from '../../eval/report.ts';
import type { CaseResult } from '../../eval/run-case.ts';
import type { EvalStore, EvalRun, EvalScore } from '../../stores/ports/prompts.ts';
import type { Compared, VersionLine } from './lines.ts';
import type { EvalReport } from './report.ts';

/** For programs, as the wire has it: snake case, dollars, ISO 8601. */
export const toWireReport = (report: EvalReport) => ({
  evaluation: report.evaluation,
  prompt: report.promptId,
  cases: report.cases,
  cases_hash: report.casesHash,
  model: report.model,
  simulated: report.simulated,
  stopped: report.isStopped,
  kept: report.isKept,
  estimate: report.prices.map(toWirePrice),
  versions: report.versions.map(toWireVersion),
  comparisons: report.compared.map(toWireComparison),
  warnings: report.warnings,
  failures: report.failures,
});

export const toWirePrice = (price: VersionPrice) => ({
  version: price.version,
  cost_usd: toUsd(price.expectedNanoUsd),
  max_cost_usd: toUsd(price.worstNanoUsd),
});

/** Without any case there is no score. */
function toWireVersion({ run, version, scores, failed, missing, degraded }: VersionLine) {
  const sums = summarize(scores);
  return {
    version,
    run: run.id,
    hash: run.prompt.hash,
    score: scores.length === 0 ? null : sums.score,
    low: sums.low,
    high: sums.high,
    failed: failed.length,
    degraded,
    cost_usd: toUsd(run.costNanoUsd),
    p50_ms: sums.p50Ms,
    p95_ms: sums.p95Ms,
    input_tokens: sums.inputTokens,
    output_tokens: sums.outputTokens,
    cases: scores.map(toWireScore),
    missing: missing.map(toWireMissing),
  };
}

const toWireMissing = ({ score, reason }: CaseResult) => ({
  name: score.name,
  call: score.call,
  reason,
  detail: score.detail,
  cost_usd: toUsd(score.costNanoUsd),
});

const toWireScore = (score: EvalScore) => ({
  name: score.name,
  call: score.call,
  score: score.score,
  detail: score.detail,
  model: score.model,
  cost_usd: toUsd(score.costNanoUsd),
  latency_ms: score.latencyMs,
  input_tokens: score.inputTokens,
  output_tokens: score.outputTokens,
});

const toWireComparison = ({ version, against, ...compared }: Compared) => ({
  version,
  against,
  ...compared,
});

type Stored = EvalRun &
  Partial<Pick<Awaited<ReturnType<EvalStore['list']>>[number], 'score' | 'cases'>>;

export const toWireRun = (run: Stored) => ({
  run: run.id,
  evaluation: run.evaluation,
  prompt: `${run.prompt.id}@${run.prompt.version}`,
  hash: run.prompt.hash,
  cases_hash: run.casesHash,
  model: run.model,
  simulated: run.simulated,
  started_at: new Date(run.startedAt).toISOString(),
  ended_at: new Date(run.endedAt).toISOString(),
  score: run.score,
  cases: run.cases,
  cost_usd: toUsd(run.costNanoUsd),
});
