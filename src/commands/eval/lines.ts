import type { Comparison } from '../../eval/report.ts';
import type { CaseResult } from '../../eval/run-case.ts';
import type { EvalRun, EvalScore } from '../../stores/ports/prompts.ts';

/** One version, as it is shown. */
export interface VersionLine {
  version: string;
  run: EvalRun;
  scores: readonly EvalScore[];
  /** Those of the scores that are 0 because there was no answer. */
  failed: readonly CaseResult[];
  /** Cases without a score, through no fault of the prompt. */
  missing: readonly CaseResult[];
  degraded: number;
}

/** A version against a version, or against a stored run. */
export interface Compared extends Comparison {
  version: string;
  /** `v2`, or the id of a run. */
  against: string;
}
