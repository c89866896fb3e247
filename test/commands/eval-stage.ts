import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CallRequest, Ended } from '../../src/core/call/call.ts';
import type { Plan } from '../../src/core/call/plan.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { runEvaluation } from '../../src/commands/eval/eval.ts';
import type { EvalWish } from '../../src/commands/eval/options.ts';
import type { EvalApp } from '../../src/commands/eval/prepare.ts';
import { UsageError } from '../../src/commands/shared/fail.ts';
import { problem } from '../../src/errors/problem.ts';
import { tools } from '../../tools/index.ts';
import { answered, fakeVersion, memoryEvalStore } from '../eval/support.ts';
import { fakeCall } from '../support/calls.ts';
import { tempFolder } from '../support/fronts.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

const WISH: EvalWish = {
  versions: null,
  casesFile: null,
  model: null,
  concurrency: 2,
  dryRun: false,
  minScore: null,
  noRegression: null,
  against: null,
  json: false,
};

/** A plan of which only the price is asked. */
const priced = (expectedNanoUsd: number, worstNanoUsd: number): Plan =>
  ({ estimate: () => ({ expectedNanoUsd, worstNanoUsd }) }) as unknown as Plan;

/** v1 and v2 know the answer, v3 does not; the judge is content with half. */
export function reply(request: CallRequest): Ended {
  if (request.toolName === 'grade_answer')
    return answered(request, { score: 0.5, reason: 'Half of it.' });
  if (request.toolName === 'answer_question')
    return answered(request, { answer: request.promptWish === 'faq@v3' ? 'no' : 'yes' });
  const unknown = problem('unknown_tool', { detail: 'There is no such tool.' });
  return { ok: false, problem: unknown, call: fakeCall() };
}

export interface Said {
  code: 0 | 1;
  out: string;
  aside: string;
}

/** A folder with cases, an app that answers them, and the command between them. */
export function openEvalStage() {
  const folder = tempFolder();
  mkdirSync(join(folder.path, 'faq'));
  const store = memoryEvalStore();
  const asked: CallRequest[] = [];
  const planned: (string | null | undefined)[] = [];
  const casesFile = join(folder.path, 'faq', 'eval.jsonl');

  const app = (over: Partial<EvalApp> = {}): EvalApp => ({
    tools,
    evals: store,
    promptsFolder: folder.path,
    simulated: true,
    identify: () => Promise.resolve(LOCAL),
    promptVersions: (id) =>
      Promise.resolve([
        ...[fakeVersion('v1', { id }), fakeVersion('v2', { id })],
        fakeVersion('v3', { id, status: 'draft' }),
      ]),
    planFor({ toolName, promptWish }) {
      planned.push(promptWish);
      return Promise.resolve(
        toolName === 'grade_answer' ? priced(500_000, 600_000) : priced(1_000_000, 10_000_000),
      );
    },
    invoke(request) {
      asked.push(request);
      return Promise.resolve(reply(request));
    },
    ...over,
  });

  return {
    folder,
    book: store,
    asked,
    planned,
    casesFile,
    app,
    writeCases(names: readonly string[] = NAMES, graders: object[] = []): void {
      const lines = names.map((name) =>
        JSON.stringify({
          name,
          input: { question: name },
          graders: [{ type: 'exact', at: '/answer', value: 'yes' }, ...graders],
        }),
      );
      writeFileSync(casesFile, lines.join('\n'));
    },
    async run(
      wish: Partial<EvalWish> = {},
      { of = app(), id = 'faq', signal = new AbortController().signal } = {},
    ): Promise<Said> {
      const said = { out: '', aside: '' };
      const code = await runEvaluation(of, id, {
        wish: { ...WISH, ...wish },
        session: {
          print: (text) => (said.out += `${text}\n`),
          aside: { write: (text) => (said.aside += text) },
          secret: null,
          signal,
          now: () => 1_000,
        },
      });
      return { code, ...said };
    },
  };
}

export type EvalStage = ReturnType<typeof openEvalStage>;

/** The cells of the line that begins with these. */
export const cells = (text: string, ...start: string[]): string[] =>
  text
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .find((each) => start.every((cell, at) => each[at] === cell)) ?? [];

/** What the person at the keyboard is told. */
export const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
};
