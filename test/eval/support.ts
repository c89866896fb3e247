import type { CallRequest, Ended } from '../../src/core/call/call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import type { PromptVersion } from '../../src/core/call/prompt.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import type { ReadyCase } from '../../src/eval/check-cases.ts';
import type { EvalParts, EvalPlan } from '../../src/eval/evaluate.ts';
import type { EvalStore, EvalRun, EvalScore } from '../../src/stores/ports/prompts.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';

/** Evaluations in a list. */
export function memoryEvalStore(): EvalStore & {
  kept: { run: EvalRun; scores: readonly EvalScore[] }[];
} {
  const kept: { run: EvalRun; scores: readonly EvalScore[] }[] = [];
  return {
    kept,
    keep(run, scores) {
      kept.push({ run, scores });
      return Promise.resolve();
    },
    list: (promptId, limit) =>
      Promise.resolve(
        kept
          .filter(({ run }) => run.prompt.id === promptId)
          .slice(0, limit)
          .map(({ run, scores }) => ({ ...run, score: 0.5, cases: scores.length })),
      ),
    get(id) {
      const found = kept.find(({ run }) => run.id === id);
      return Promise.resolve(found ? { run: found.run, scores: [...found.scores] } : null);
    },
  };
}

/** A version that is only known by name. */
export const fakeVersion = (
  version: string,
  over: Partial<PromptVersion['meta']> = {},
): PromptVersion => ({
  meta: {
    id: 'faq',
    version,
    author: 'a',
    date: '2026-01-01',
    why: 'b',
    status: 'live',
    model: { max_output_tokens: 9, expected_output_tokens: 9 },
    variables: {},
    ...over,
  },
  text: '',
  hash: `hash of ${version}`,
  render: () => ({ system: '', user: '' }),
});

/** A call that was answered by a model, for 5 nano-dollars. */
export function answered(request: CallRequest, output: unknown, id = 'call_1'): Ended {
  const usage = { ...fakeAttempt().usage, input: 100, cache_read: 20, output: 7 };
  const meta = {
    attempts: [fakeAttempt({ costNanoUsd: 5, usage })],
    ...({ model: 'claude-sonnet-5-5', servedBy: 'model', latencyMs: 40 } as const),
  };
  return { ok: true, output, call: fakeCall({ ...request, id }, meta) };
}

/** Cases whose right answer is yes. */
export const casesNamed = (...names: string[]): ReadyCase[] =>
  names.map((name) => ({
    name,
    input: { question: name },
    tool: 'answer_question',
    graders: [{ type: 'exact', at: '/answer', value: 'yes', weight: 1 }],
  }));

export const fakeParts = (
  invoke: EvalParts['invoke'],
): EvalParts & { store: ReturnType<typeof memoryEvalStore> } => {
  const ids = { evaluation: 0, run: 0 };
  return {
    invoke,
    principal: LOCAL,
    store: memoryEvalStore(),
    simulated: true,
    checks: buildSchemaChecks(),
    similarity: () => Promise.resolve(0),
    judge: () => Promise.resolve({ ok: true, score: 1, reason: '', costNanoUsd: 2 }),
    now: () => 1_000,
    newId: (of) => `${of}_${String((ids[of] += 1))}`,
    onResult: () => undefined,
  };
};

export const fakePlan = (over: Partial<EvalPlan> = {}): EvalPlan => ({
  promptId: 'faq',
  versions: [fakeVersion('v1'), fakeVersion('v2')],
  model: null,
  cases: casesNamed('a', 'b', 'c'),
  casesHash: 'h',
  concurrency: 1,
  signal: new AbortController().signal,
  ...over,
});

export const judgedCase = (name: string): ReadyCase => ({
  name,
  input: { question: name },
  tool: 'answer_question',
  graders: [{ type: 'judge', at: '', criterion: 'Kind', weight: 1 }],
});
