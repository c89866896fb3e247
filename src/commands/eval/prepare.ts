import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import type { PromptVersion } from '../../core/call/prompt.ts';
import { buildSchemaChecks } from '../../core/tool/schema-check.ts';
import { ProblemError } from '../../errors/problem.ts';
import { CaseError, hashCases, readCases } from '../../eval/cases.ts';
import { checkCases, type ReadyCase } from '../../eval/check-cases.ts';
import type { EvalStore } from '../../stores/ports/prompts.ts';
import { gradeAnswer } from '../../app/bundled-tools.ts';
import type { EvalWish } from './options.ts';
import { UsageError } from '../shared/fail.ts';
import { readFileSync } from 'node:fs';

/** The app, as an evaluation needs it. */
export type EvalApp = Pick<
  App,
  | 'tools'
  | 'invoke'
  | 'planFor'
  | 'identify'
  | 'evals'
  | 'promptVersions'
  | 'promptsFolder'
  | 'simulated'
>;

export type StoredRun = NonNullable<Awaited<ReturnType<EvalStore['get']>>>;

/** Everything that is known before anything is asked. */
export interface Prepared {
  promptId: string;
  versions: readonly PromptVersion[];
  /** The version that the others are compared with. */
  baseline: string;
  cases: readonly ReadyCase[];
  casesHash: string;
  /** The judge's prompt, `grade@v1`; null where no case asks it. */
  judgePrompt: string | null;
  against: StoredRun | null;
}

/** @throws UsageError for whatever is wrong: nothing is spent by then */
export async function prepare(app: EvalApp, id: string, wish: EvalWish): Promise<Prepared> {
  const all = await versionsOf(app, id);
  const versions = chooseVersions(id, all, wish);
  const file = wish.casesFile ?? join(app.promptsFolder, id, 'eval.jsonl');
  const cases = await toCases(app, id, file);
  const judge = await judgeFor(app, cases);
  return {
    promptId: id,
    versions,
    baseline: wish.noRegression ?? versions[0]?.meta.version ?? '',
    cases,
    casesHash: hashCases(cases, judge?.hash ?? null),
    judgePrompt: judge && `${judge.meta.id}@${judge.meta.version}`,
    against: wish.against === null ? null : await storedRun(app, wish.against, { id, cases }),
  };
}

/** Problems that end a call before it began are mistakes of whoever runs the command. */
export async function orUsageError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProblemError) throw new UsageError(`${error.code}: ${error.message}`);
    throw error;
  }
}

const versionsOf = (app: EvalApp, id: string): Promise<readonly PromptVersion[]> =>
  orUsageError(app.promptVersions(id));

/** Those that were named, or all that are live; the one not to fall behind belongs to them. */
function chooseVersions(
  id: string,
  all: readonly PromptVersion[],
  { versions: named, noRegression }: EvalWish,
): PromptVersion[] {
  const live = all.filter(({ meta }) => meta.status === 'live').map(({ meta }) => meta.version);
  const names = named ?? live;
  if (names.length === 0)
    throw new UsageError(`no version of "${id}" is live: name one, --versions v1`);
  const before = noRegression === null || names.includes(noRegression) ? [] : [noRegression];
  return [...before, ...names].map((name) => {
    const found = all.find(({ meta }) => meta.version === name);
    if (found) return found;
    const known = all.map(({ meta }) => meta.version).join(', ');
    throw new UsageError(`"${id}" has no version ${name}; it has ${known}`);
  });
}

async function toCases({ tools }: EvalApp, id: string, file: string): Promise<ReadyCase[]> {
  const text = readCaseFile(id, file);
  try {
    const read = readCases(text);
    if (read.length === 0) throw new UsageError(`${file} has no case`);
    return await checkCases({ tools, checks: buildSchemaChecks() }, id, read);
  } catch (error) {
    if (error instanceof CaseError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** The newest live version of the judge's prompt, whatever callers are given: all are graded alike. */
async function judgeFor(app: EvalApp, cases: readonly ReadyCase[]): Promise<PromptVersion | null> {
  const isAsked = cases.some(({ graders }) => graders.some(({ type }) => type === 'judge'));
  if (!isAsked) return null;
  const versions = await versionsOf(app, gradeAnswer.prompt);
  const live = versions.findLast(({ meta }) => meta.status === 'live');
  if (live) return live;
  throw new UsageError('cases ask the judge, but no version of its prompt "grade" is live');
}

async function storedRun(
  { evals }: EvalApp,
  run: string,
  { id, cases }: { id: string; cases: readonly ReadyCase[] },
): Promise<StoredRun> {
  const found = await evals.get(run);
  if (found?.run.prompt.id !== id)
    throw new UsageError(
      `there is no stored run "${run}" of "${id}"; tollgate eval ${id} --runs lists them`,
    );
  const names = new Set(found.scores.map(({ name }) => name));
  if (cases.some(({ name }) => names.has(name))) return found;
  throw new UsageError(`${run} has none of these cases: there is nothing to compare`);
}

/** Faults of the file itself, by what the system says. */
const IN_WORDS: Partial<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  // A decoder that is strict.
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8: save it as that',
};

/**
 * The text of a file of cases. What is not UTF-8 is refused: cases would ask for answers with a replacement
 * character, and no version would find one.
 * @throws UsageError
 */
function readCaseFile(promptId: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UsageError(
        `there are no cases for "${promptId}": write ${file}, or name a file, --cases`,
      );
    const said = IN_WORDS[code];
    throw said === undefined ? error : new UsageError(`${file}: ${said}`);
  }
}
