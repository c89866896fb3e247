import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { buildGraderParts } from '../../src/commands/eval/parts.ts';
import { hashCases, readCases } from '../../src/eval/cases.ts';
import { checkCases } from '../../src/eval/check-cases.ts';
import { evaluate, type Evaluation } from '../../src/eval/evaluate.ts';
import { compareRuns, isRegression, type Comparison } from '../../src/eval/report.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { toDraft, WORSE } from '../eval-prompts/worse.ts';
import { testApp } from '../support/test-app.ts';

/** Enough for p < 0.05, and quick. */
const CASES = 10;

let folder: string;
let simulator: Simulator;
let app: App;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-eval-'));
  cpSync('prompts', folder, { recursive: true });
  addVersion('faq', 'forgets handbook and documents');
  addVersion('summarize', 'forgets the style');
  simulator = await startSimulator({ speed: Infinity, seed: 'eval' });
  app = testApp(
    {},
    {
      ANTHROPIC_BASE_URL: simulator.url,
      ANTHROPIC_API_KEY: 'key-of-a-test',
      TOLLGATE_PROMPTS: folder,
    },
  );
});
afterAll(async () => {
  await app.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

/** A draft that is v1 but for a change that no diff shouts about. */
function addVersion(id: string, what: string): void {
  const worse = WORSE.find((each) => each.prompt === id && each.what === what);
  if (!worse) throw new Error(`nothing "${what}"`);
  const v1 = readFileSync(join(folder, id, 'v1.md'), 'utf8');
  writeFileSync(join(folder, id, 'v9.md'), toDraft(v1, worse));
}

async function run(id: string, names: readonly string[]): Promise<Evaluation> {
  const file = readFileSync(join(folder, id, 'eval.jsonl'), 'utf8');
  const parts = { tools: app.tools, checks: buildSchemaChecks() };
  const all = (await checkCases(parts, id, readCases(file))).map(withoutJudge);
  const cases = all.slice(0, CASES);
  const versions = await app.promptVersions(id);
  return evaluate(
    {
      ...buildGraderParts({ app, principal: LOCAL, judgePrompt: null }),
      invoke: (request) => app.invoke(request),
      principal: LOCAL,
      store: app.evals,
      simulated: true,
      now: Date.now,
      newId: () => randomUUID(),
      onResult: () => undefined,
    },
    {
      promptId: id,
      cases,
      casesHash: hashCases(cases, null),
      model: null,
      concurrency: 8,
      versions: names.flatMap((name) => versions.filter(({ meta }) => meta.version === name)),
      signal: new AbortController().signal,
    },
  );
}

/** The judge is another model's opinion: these cases must do without. */
const withoutJudge = <C extends { graders: readonly { type: string }[] }>(each: C): C => ({
  ...each,
  graders: each.graders.filter(({ type }) => type !== 'judge'),
});

const scoresOf = ({ versions }: Evaluation, at: number) =>
  (versions[at]?.results ?? []).map(({ score }) => score);

/** Every later version against the first. */
async function compare(id: string, names: readonly string[]): Promise<Comparison[]> {
  const evaluation = await run(id, names);
  const results = evaluation.versions.flatMap(({ results: some, missing }) => [
    ...some,
    ...missing,
  ]);
  expect(results.filter(({ verdict }) => verdict !== 'graded')).toEqual([]);
  return names
    .slice(1)
    .map((_, at) => compareRuns(scoresOf(evaluation, 0), scoresOf(evaluation, at + 1)));
}

describe('a deliberately worse version', () => {
  it('that forgets the handbook and the documents loses; one that is as good does not', async () => {
    const [good, worse] = await compare('faq', ['v1', 'v2', 'v9']);
    expect(worse).toMatchObject({ pairs: CASES });
    expect(worse?.difference).toBeLessThan(-0.3);
    expect(worse?.p).toBeLessThan(0.05);
    expect([good, worse].map((each) => each && isRegression(each))).toEqual([false, true]);
  });

  it('that asks for the wrong form loses', async () => {
    const [worse] = await compare('summarize', ['v1', 'v9']);
    expect(worse?.p).toBeLessThan(0.05);
    expect(worse && isRegression(worse)).toBe(true);
  });
});
