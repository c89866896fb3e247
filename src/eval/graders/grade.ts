import type { SchemaChecks } from '../../core/tool/schema-check.ts';
import { ProblemError } from '../../errors/problem.ts';
import { valueAt } from '../pointer.ts';
import type { Grader, GraderOf } from './declaration.ts';
import { wrong, type GraderMark } from './mark.ts';
import { gradeContains, gradeRegex, gradeWords, toText } from './text.ts';
import { gradeExact, gradeJsonEqual, gradeNumeric, gradeSchema } from './value.ts';

/** Grade of an answer by a model, or why there is none; with its cost, integer nano-dollars. */
export type CriterionGrade = { costNanoUsd: number } & (
  { ok: true; score: number; reason: string } | { ok: false; problem: ProblemError }
);

/** Dependencies of the graders. */
export interface GraderParts {
  checks: Pick<SchemaChecks, 'foreign'>;
  /** Nearness of texts: cosine, -1 to 1. */
  similarity: (a: string, b: string) => Promise<number>;
  /** Asks a model. `task` is what was asked, as JSON. Never rejects. */
  judge: (
    asked: { task: string; answer: string; criterion: string },
    signal: AbortSignal,
  ) => Promise<CriterionGrade>;
}

/** An answer, and what it answers. */
export interface CaseAnswer {
  input: unknown;
  output: unknown;
  signal: AbortSignal;
}

export interface Graded extends GraderMark {
  costNanoUsd: number;
  /** Whether a grader could not do its work, which is no fault of the answer. */
  isFailed: boolean;
}

/** The weighted mean of all graders, and what those said that were not content. Never rejects. */
export async function grade(
  parts: GraderParts,
  graders: readonly Grader[],
  answered: CaseAnswer,
): Promise<Graded> {
  const marks = await Promise.all(graders.map((grader) => gradeOne(parts, grader, answered)));
  const total = graders.reduce((sum, { weight }) => sum + weight, 0);
  const weighted = marks.reduce(
    (sum, { score }, at) => sum + score * (graders[at]?.weight ?? 0),
    0,
  );
  const details = marks.flatMap(({ detail }, at) => {
    const { type = '', at: pointer = '' } = graders[at] ?? {};
    return detail === '' ? [] : [`${[type, pointer].join(' ').trim()}: ${detail}`];
  });
  return {
    // Weights like 0.1 must not make a perfect answer of 0.9999.
    score: marks.every(({ score }) => score === 1) ? 1 : Math.min(1, weighted / total),
    detail: details.join('; '),
    costNanoUsd: marks.reduce((sum, { costNanoUsd = 0 }) => sum + costNanoUsd, 0),
    isFailed: marks.some(({ isFailed = false }) => isFailed),
  };
}

type OneMark = GraderMark & Partial<Pick<Graded, 'costNanoUsd' | 'isFailed'>>;

async function gradeOne(
  parts: GraderParts,
  grader: Grader,
  { input, output, signal }: CaseAnswer,
): Promise<OneMark> {
  const found = valueAt(output, grader.at);
  if (!found) return wrong('the answer has nothing there');
  const { value } = found;
  if (grader.type === 'schema' || grader.type === 'regex')
    return gradeInThread(parts, grader, value);
  if (grader.type === 'similarity') return gradeSimilarity(parts, grader, value);
  if (grader.type === 'judge') return gradeByJudge(parts, grader, { input, output: value, signal });
  return gradeAlone(value, grader);
}

/** By graders of schemas and patterns, which may take more than an evaluation can wait for. */
async function gradeInThread(
  { checks: { foreign } }: Pick<GraderParts, 'checks'>,
  grader: GraderOf<'schema' | 'regex'>,
  value: unknown,
): Promise<OneMark> {
  try {
    return grader.type === 'regex'
      ? await gradeRegex(value, grader, foreign)
      : await gradeSchema(value, grader, foreign);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { ...wrong(`could not be told: ${error.message}`), isFailed: true };
  }
}

/** By graders that need nothing else. */
function gradeAlone(
  value: unknown,
  grader: Exclude<Grader, { type: 'schema' | 'regex' | 'similarity' | 'judge' }>,
): GraderMark {
  switch (grader.type) {
    case 'exact':
      return gradeExact(value, grader);
    case 'contains':
      return gradeContains(value, grader);
    case 'json_equal':
      return gradeJsonEqual(value, grader);
    case 'numeric':
      return gradeNumeric(value, grader);
    case 'words':
      return gradeWords(value, grader);
  }
}

async function gradeSimilarity(
  { similarity }: GraderParts,
  { value: wanted, min }: GraderOf<'similarity'>,
  value: unknown,
): Promise<GraderMark> {
  const cosine = await similarity(toText(value), wanted);
  const near = Math.min(1, Math.max(0, cosine));
  const said = `${near.toFixed(2)} near`;
  if (min === undefined) return { score: near, detail: near === 1 ? '' : said };
  return near >= min ? { score: 1, detail: '' } : wrong(`${said}, not ${String(min)}`);
}

async function gradeByJudge(
  { judge }: GraderParts,
  { criterion }: GraderOf<'judge'>,
  { input, output, signal }: CaseAnswer,
): Promise<OneMark> {
  const asked = { task: JSON.stringify(input), answer: toText(output), criterion };
  const judged = await judge(asked, signal);
  const { costNanoUsd } = judged;
  if (!judged.ok) {
    const { code, message } = judged.problem;
    return { ...wrong(`could not be asked: ${code}: ${message}`), costNanoUsd, isFailed: true };
  }
  const { score, reason } = judged;
  const detail = score === 1 ? '' : `${score.toFixed(2)}: ${reason}`;
  return { score: Math.min(1, Math.max(0, score)), detail, costNanoUsd };
}
