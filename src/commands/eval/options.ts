import { UsageError } from '../shared/fail.ts';

/** As they were typed. */
export interface EvalCommandOptions {
  versions?: string;
  cases?: string;
  model?: string;
  concurrency: string;
  dryRun?: true;
  minScore?: string;
  /** That of `--no-regression`: commander takes it for the opposite of a flag, which is set without it. */
  regression: string | true;
  against?: string;
  runs?: true;
  json?: true;
}

/** Options, as read. */
export interface EvalWish {
  /** Null: the live ones. */
  versions: readonly string[] | null;
  casesFile: string | null;
  model: string | null;
  concurrency: number;
  dryRun: boolean;
  /** 0 to 1. */
  minScore: number | null;
  noRegression: string | null;
  /** A stored run. */
  against: string | null;
  json: boolean;
}

/** @throws UsageError naming the option that is wrong */
export const readEvalOptions = (options: EvalCommandOptions): EvalWish => ({
  versions: options.versions === undefined ? null : toVersions(options.versions),
  casesFile: options.cases ?? null,
  model: options.model ?? null,
  concurrency: toConcurrency(options.concurrency),
  dryRun: options.dryRun ?? false,
  minScore: options.minScore === undefined ? null : toScore(options.minScore),
  noRegression: options.regression === true ? null : options.regression,
  against: options.against ?? null,
  json: options.json ?? false,
});

function toVersions(text: string): string[] {
  const names = text.split(',').map((each) => each.trim());
  const wrong = names.find((name) => !/^v[1-9]\d*$/.test(name));
  if (wrong === undefined) return [...new Set(names)];
  throw new UsageError(`--versions must be a list like v2,v3: "${wrong}" is no version`);
}

function toConcurrency(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 100) return number;
  throw new UsageError(`--concurrency must be a whole number from 1 to 100, not "${text}"`);
}

function toScore(text: string): number {
  const score = text.trim() === '' ? NaN : Number(text);
  if (score >= 0 && score <= 1) return score;
  throw new UsageError(`--min-score must be a number from 0 to 1, not "${text}"`);
}
