import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallRequest, Ended } from '../../src/call/call.ts';
import type { Plan } from '../../src/call/plan.ts';
import { LOCAL, type Principal } from '../../src/call/principal.ts';
import { listRuns, runEvaluation } from '../../src/commands/eval.ts';
import type { EvalWish } from '../../src/commands/eval-options.ts';
import type { EvalApp } from '../../src/commands/eval-prepare.ts';
import { UsageError } from '../../src/commands/fail.ts';
import { problem } from '../../src/errors/problem.ts';
import { tools } from '../../tools/index.ts';
import { answered, fakeVersion, memoryBook } from '../eval/support.ts';
import { fakeCall } from '../support/calls.ts';
import { tempFolder } from '../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
let book: ReturnType<typeof memoryBook>;
let asked: CallRequest[];
let planned: (string | null | undefined)[];
beforeEach(() => {
  folder = tempFolder();
  mkdirSync(join(folder.path, 'faq'));
  book = memoryBook();
  asked = [];
  planned = [];
});
afterEach(() => {
  folder.remove();
});

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

function writeCases(names: readonly string[] = NAMES, graders: object[] = []): void {
  const lines = names.map((name) =>
    JSON.stringify({
      ...{ name, input: { question: name } },
      graders: [{ type: 'exact', at: '/answer', value: 'yes' }, ...graders],
    }),
  );
  writeFileSync(join(folder.path, 'faq', 'eval.jsonl'), lines.join('\n'));
}

/** A plan of which only the price is asked. */
const priced = (expectedNanoUsd: number, worstNanoUsd: number): Plan =>
  ({ estimate: () => ({ expectedNanoUsd, worstNanoUsd }) }) as unknown as Plan;

/** v1 and v2 know the answer, v3 does not; the judge is content with half. */
function reply(request: CallRequest): Ended {
  if (request.toolName === 'grade_answer')
    return answered(request, { score: 0.5, reason: 'Half of it.' });
  if (request.toolName === 'answer_question')
    return answered(request, { answer: request.promptWish === 'faq@v3' ? 'no' : 'yes' });
  const unknown = problem('unknown_tool', { detail: 'There is no such tool.' });
  return { ok: false, problem: unknown, call: fakeCall() };
}

const app = (over: Partial<EvalApp> = {}): EvalApp => ({
  ...{ tools, evals: book, promptsFolder: folder.path, simulated: true },
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

const WISH: EvalWish = {
  ...{ versions: null, casesFile: null, model: null, concurrency: 2, dryRun: false },
  ...{ minScore: null, noRegression: null, against: null, json: false },
};

interface Said {
  code: 0 | 1;
  out: string;
  aside: string;
}

async function run(
  wish: Partial<EvalWish> = {},
  { of = app(), id = 'faq', signal = new AbortController().signal } = {},
): Promise<Said> {
  const said = { out: '', aside: '' };
  const code = await runEvaluation(of, id, {
    wish: { ...WISH, ...wish },
    desk: {
      print: (text) => (said.out += `${text}\n`),
      aside: { write: (text) => (said.aside += text) },
      ...{ secret: null, signal, now: () => 1_000 },
    },
  });
  return { code, ...said };
}

/** The cells of the line that begins with these. */
const cells = (text: string, ...start: string[]): string[] =>
  text
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .find((each) => start.every((cell, at) => each[at] === cell)) ?? [];

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
};

describe('tollgate eval', () => {
  it('shows the price before, and a line per live version after', async () => {
    writeCases();
    const { code, out, aside } = await run();
    expect(code).toBe(0);
    expect(cells(aside, 'v1')).toEqual(['v1', '0.006000', '0.060000']);
    expect(cells(aside, 'all')).toEqual(['all', '0.012000', '0.120000']);
    expect(out).toMatch(/^faq: 6 cases, the simulator, 0.000000 USD in all\n/);
    expect(cells(out, 'v2').slice(0, 5)).toEqual(['v2', '1.000', '0.610 to 1.000', '6', '0']);
    expect(out).not.toMatch(/^v3/m);
    expect(out).not.toContain('Worst');
    expect(book.kept).toHaveLength(2);
  });

  it('--dry-run says the price for the version that is wished, and spends nothing', async () => {
    writeCases();
    const { code, out, aside } = await run({ dryRun: true, versions: ['v3'] });
    expect({ code, aside }).toEqual({ code: 0, aside: '' });
    expect(cells(out, 'v3')).toEqual(['v3', '0.006000', '0.060000']);
    expect(asked).toEqual([]);
    expect(new Set(planned)).toEqual(new Set(['faq@v3']));
    const { out: asJson } = await run({ dryRun: true, versions: ['v3'], json: true });
    expect(JSON.parse(asJson)).toMatchObject({ estimate: [{ version: 'v3', cost_usd: 0.006 }] });
  });

  it('compares each further version with the first, and names the worst cases', async () => {
    writeCases();
    const { out } = await run({ versions: ['v1', 'v3'] });
    expect(cells(out, 'v3', 'v1')).toEqual(['v3', 'v1', '-1.000', '0.0313', '0', '6', '0']);
    expect(out).toMatch(/Worst cases:\n {2}a\n {4}v1 1.000\n {4}v3 0.000 exact \/answer: "no" is/);
  });

  it('asks the judge for tollgate’s own account, with the newest live version of its prompt', async () => {
    writeCases(['a'], [{ type: 'judge', at: '/answer', criterion: 'Kind' }]);
    const key: Principal = { ...LOCAL, id: 'ci', tools: ['answer_question'] };
    const of = app({ identify: () => Promise.resolve(key) });
    const { out, aside } = await run({ versions: ['v1'] }, { of });
    expect(cells(out, 'v1')[1]).toBe('0.750');
    expect(cells(aside, 'v1')).toEqual(['v1', '0.001500', '0.010600']);
    expect(planned).toContain('grade@v2');
    const judging = asked.find(({ toolName }) => toolName === 'grade_answer');
    expect(judging).toMatchObject({
      ...{ front: 'internal', promptWish: 'grade@v2', labels: { feature: 'eval' } },
      input: { task: '{"question":"a"}', answer: 'yes', criterion: 'Kind' },
      principal: { id: 'ci', tools: null },
    });
  });

  it('--json has everything for programs', async () => {
    writeCases();
    const { out } = await run({ versions: ['v1', 'v3'], json: true });
    expect(JSON.parse(out)).toMatchObject({
      ...{ prompt: 'faq', cases: 6, simulated: true, stopped: false, warnings: [], failures: [] },
      estimate: [{ version: 'v1', cost_usd: 0.006, max_cost_usd: 0.06 }, { version: 'v3' }],
      versions: [
        { version: 'v1', score: 1, hash: 'hash of v1', failed: 0, input_tokens: 720 },
        { version: 'v3', score: 0, cases: [{ name: 'a', score: 0 }, {}, {}, {}, {}, {}] },
      ],
      comparisons: [{ version: 'v3', against: 'v1', difference: -1, p: 0.03125, losses: 6 }],
    });
  });

  it('--against compares with a stored run, and says when the cases have changed', async () => {
    writeCases();
    await run({ versions: ['v1'] });
    const before = book.kept[0]?.run.id ?? '';
    const same = await run({ versions: ['v3'], against: before });
    expect(cells(same.out, 'v3', before).slice(2)).toEqual(['-1.000', '0.0313', '0', '6', '0']);
    expect(same.out).not.toContain('Note:');
    writeCases(['a', 'b', 'new']);
    const { out } = await run({ versions: ['v3'], against: before });
    expect(cells(out, 'v3', before).slice(2)).toEqual(['-1.000', '0.5000', '0', '2', '0']);
    expect(out).toContain(`Note: the cases have changed since ${before}`);
  });
});

describe('tollgate eval --runs', () => {
  it('lists what was kept', async () => {
    writeCases();
    await run({ versions: ['v1'] });
    let out = '';
    const desk = {
      ...{ print: (text: string) => (out += text), aside: { write: () => 0 }, secret: null },
      ...{ signal: new AbortController().signal, now: () => 0 },
    };
    expect(await listRuns(app(), 'faq', { desk, json: false })).toBe(0);
    const { id = '', casesHash = '' } = book.kept[0]?.run ?? {};
    expect(cells(out, id).slice(1, 4)).toEqual(['v1', '1970-01-01T00:00:01Z', '0.500']);
    expect(cells(out, id)).toContain(casesHash.slice(0, 12));
    out = '';
    await listRuns(app(), 'faq', { desk, json: true });
    expect(JSON.parse(out)).toMatchObject({ runs: [{ run: id, prompt: 'faq@v1', cases: 6 }] });
    out = '';
    await listRuns(app(), 'other', { desk, json: false });
    expect(out).toBe('"other" was never evaluated');
  });
});

describe('the exit code of tollgate eval', () => {
  it('is 1 where a version misses --min-score', async () => {
    writeCases();
    expect((await run({ minScore: 1 })).code).toBe(0);
    const { code, out } = await run({ versions: ['v1', 'v3'], minScore: 0.5 });
    expect(code).toBe(1);
    expect(out).toContain('Failed: v3 scores 0.000, which is less than 0.5.');
  });

  it('is 1 where a version is worse than that of --no-regression, which takes part unasked', async () => {
    writeCases();
    const { code, out } = await run({ versions: ['v3'], noRegression: 'v2' });
    expect(code).toBe(1);
    expect(out).toContain('Failed: v3 is worse than v2: -1.000, p = 0.031.');
    expect((await run({ versions: ['v1'], noRegression: 'v2' })).code).toBe(0);
    expect((await run({ versions: ['v2', 'v3'] })).code).toBe(0);
  });

  it('is 0 where too few cases can show nothing, but it says so', async () => {
    writeCases(['a', 'b', 'c']);
    const { code, out } = await run({ versions: ['v3'], noRegression: 'v2' });
    expect(code).toBe(0);
    expect(out).toContain('Note: with 3 cases no regression can show');
  });

  it('is 1 where it was stopped, and what was done is shown', async () => {
    writeCases();
    const stop = new AbortController();
    const of = app({
      invoke(request) {
        asked.push(request);
        if (asked.filter(({ toolName }) => toolName === 'answer_question').length === 5)
          stop.abort();
        return Promise.resolve(reply(request));
      },
    });
    const { code, out } = await run({ concurrency: 1 }, { of, signal: stop.signal });
    expect(code).toBe(1);
    expect([cells(out, 'v1')[3], cells(out, 'v2')[3]]).toEqual(['2', '2']);
    expect(out).toContain('Failed: it was stopped: nothing is kept.');
    expect(out).not.toContain('run_');
    expect(book.kept).toEqual([]);
  });

  it('is 1 where it was stopped before anything was asked', async () => {
    writeCases();
    const cancelled = problem('cancelled', { detail: 'Gone.' });
    const of = app({
      invoke: () => Promise.resolve({ ok: false, problem: cancelled, call: fakeCall() }),
    });
    const { code, aside } = await run({}, { of, signal: AbortSignal.abort() });
    expect({ code, aside }).toEqual({ code: 1, aside: 'stopped before anything was asked\n' });
  });
});

describe('a wrong tollgate eval', () => {
  it('spends nothing, and says what is wrong', async () => {
    expect(await refusal(run())).toMatch(/there are no cases for "faq": write .*eval\.jsonl/);
    writeCases([]);
    expect(await refusal(run())).toMatch(/has no case$/);
    writeFileSync(join(folder.path, 'faq', 'eval.jsonl'), '\n{"name":"a"}');
    expect(await refusal(run())).toMatch(/eval\.jsonl: line 2: input: /);
    writeCases();
    expect(await refusal(run({ versions: ['v7'] }))).toBe(
      '"faq" has no version v7; it has v1, v2, v3',
    );
    expect(await refusal(run({ noRegression: 'v8' }))).toMatch(/no version v8/);
    expect(await refusal(run({ against: 'run_0' }))).toMatch(/no stored run "run_0".*faq --runs/);
    expect(asked).toEqual([]);
  });

  it('passes on what the prompts, the key or the price say', async () => {
    writeCases();
    const unknown = problem('unknown_prompt', { detail: 'There is no prompt "fqa".' });
    const noPrompt = app({ promptVersions: () => Promise.reject(unknown) });
    expect(await refusal(run({}, { of: noPrompt }))).toBe(
      'unknown_prompt: There is no prompt "fqa".',
    );
    const noPins = app({ identify: () => Promise.resolve({ ...LOCAL, id: 'ci', mayPin: false }) });
    expect(await refusal(run({}, { of: noPins }))).toMatch(/"ci" may not say .* --pin-prompts/);
    const other = { ...LOCAL, id: 'ci', tools: ['summarize_text'] };
    const noTool = app({ identify: () => Promise.resolve(other) });
    expect(await refusal(run({}, { of: noTool }))).toBe(
      'the key "ci" may not call answer_question',
    );
    const forbidden = problem('forbidden_model', { detail: 'Not for this key.' });
    const noModel = app({ planFor: () => Promise.reject(forbidden) });
    expect(await refusal(run({}, { of: noModel }))).toBe('forbidden_model: Not for this key.');
    const drafts = app({
      promptVersions: () => Promise.resolve([fakeVersion('v1', { status: 'draft' })]),
    });
    expect(await refusal(run({}, { of: drafts }))).toMatch(/no version of "faq" is live/);
  });
});
