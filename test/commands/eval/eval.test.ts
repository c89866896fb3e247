import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL, type Principal } from '../../../src/core/call/principal.ts';
import { listRuns } from '../../../src/commands/eval/eval.ts';
import { problem } from '../../../src/errors/problem.ts';
import { fakeVersion } from '../../eval/support.ts';
import { cells, openEvalStage, refusal, type EvalStage } from '../eval-stage.ts';

let stage: EvalStage;
beforeEach(() => {
  stage = openEvalStage();
});
afterEach(() => {
  stage.folder.remove();
});

describe('tollgate eval', () => {
  it('shows the price before, and a line per live version after', async () => {
    stage.writeCases();
    const { code, out, aside } = await stage.run();
    expect(code).toBe(0);
    expect(cells(aside, 'v1')).toEqual(['v1', '0.006000', '0.060000']);
    expect(cells(aside, 'all')).toEqual(['all', '0.012000', '0.120000']);
    expect(out).toMatch(/^faq: 6 cases, the simulator, 0.000000 USD in all\n/);
    expect(cells(out, 'v2').slice(0, 5)).toEqual(['v2', '1.000', '0.610 to 1.000', '6', '0']);
    expect(out).not.toMatch(/^v3/m);
    expect(out).not.toContain('Worst');
    expect(stage.book.kept).toHaveLength(2);
  });

  it('--dry-run says the price for the version that is wished, and spends nothing', async () => {
    stage.writeCases();
    const { code, out, aside } = await stage.run({ dryRun: true, versions: ['v3'] });
    expect({ code, aside }).toEqual({ code: 0, aside: '' });
    expect(cells(out, 'v3')).toEqual(['v3', '0.006000', '0.060000']);
    expect(stage.asked).toEqual([]);
    expect(new Set(stage.planned)).toEqual(new Set(['faq@v3']));
    const { out: asJson } = await stage.run({ dryRun: true, versions: ['v3'], json: true });
    expect(JSON.parse(asJson)).toMatchObject({ estimate: [{ version: 'v3', cost_usd: 0.006 }] });
  });

  it('compares each further version with the first, and names the worst cases', async () => {
    stage.writeCases();
    const { out } = await stage.run({ versions: ['v1', 'v3'] });
    expect(cells(out, 'v3', 'v1')).toEqual(['v3', 'v1', '-1.000', '0.0313', '0', '6', '0']);
    expect(out).toMatch(/Worst cases:\n {2}a\n {4}v1 1.000\n {4}v3 0.000 exact \/answer: "no" is/);
  });

  it('asks the judge for tollgate’s own account, with the newest live version of its prompt', async () => {
    stage.writeCases(['a'], [{ type: 'judge', at: '/answer', criterion: 'Kind' }]);
    const key: Principal = { ...LOCAL, id: 'ci', tools: ['answer_question'] };
    const of = stage.app({ identify: () => Promise.resolve(key) });
    const { out, aside } = await stage.run({ versions: ['v1'] }, { of });
    expect(cells(out, 'v1')[1]).toBe('0.750');
    expect(cells(aside, 'v1')).toEqual(['v1', '0.001500', '0.010600']);
    expect(stage.planned).toContain('grade@v2');
    const judging = stage.asked.find(({ toolName }) => toolName === 'grade_answer');
    expect(judging).toMatchObject({
      front: 'internal',
      promptWish: 'grade@v2',
      labels: { feature: 'eval' },
      input: { task: '{"question":"a"}', answer: 'yes', criterion: 'Kind' },
      principal: { id: 'ci', tools: null },
    });
  });

  it('--json has everything for programs', async () => {
    stage.writeCases();
    const { out } = await stage.run({ versions: ['v1', 'v3'], json: true });
    expect(JSON.parse(out)).toMatchObject({
      prompt: 'faq',
      cases: 6,
      simulated: true,
      stopped: false,
      warnings: [],
      failures: [],
      estimate: [{ version: 'v1', cost_usd: 0.006, max_cost_usd: 0.06 }, { version: 'v3' }],
      versions: [
        { version: 'v1', score: 1, hash: 'hash of v1', failed: 0, input_tokens: 720 },
        { version: 'v3', score: 0, cases: [{ name: 'a', score: 0 }, {}, {}, {}, {}, {}] },
      ],
      comparisons: [{ version: 'v3', against: 'v1', difference: -1, p: 0.03125, losses: 6 }],
    });
  });

  it('--against compares with a stored run, and says when the cases have changed', async () => {
    stage.writeCases();
    await stage.run({ versions: ['v1'] });
    const before = stage.book.kept[0]?.run.id ?? '';
    const same = await stage.run({ versions: ['v3'], against: before });
    expect(cells(same.out, 'v3', before).slice(2)).toEqual(['-1.000', '0.0313', '0', '6', '0']);
    expect(same.out).not.toContain('Note:');
    stage.writeCases(['a', 'b', 'new']);
    const { out } = await stage.run({ versions: ['v3'], against: before });
    expect(cells(out, 'v3', before).slice(2)).toEqual(['-1.000', '0.5000', '0', '2', '0']);
    expect(out).toContain(`Note: the cases have changed since ${before}`);
    stage.writeCases(['x', 'y']);
    expect(await refusal(stage.run({ against: before }))).toBe(
      `${before} has none of these cases: there is nothing to compare`,
    );
  });

  it('--against says where other models were asked', async () => {
    stage.writeCases();
    await stage.run({ versions: ['v1'], model: 'claude-haiku-5-5' });
    const before = stage.book.kept[0]?.run.id ?? '';
    const { out } = await stage.run({ versions: ['v1'], against: before });
    expect(out).toContain(
      `Note: ${before} asked only claude-haiku-5-5, this one models as routed.`,
    );
  });

  it('lets no case and no answer steer the terminal', async () => {
    stage.writeCases(['\u001b[2J\u202Egnp']);
    const { out } = await stage.run({ versions: ['v3'] });
    expect(out).toMatch(/^ {3}\[2J gnp$/m);
  });
});

describe('tollgate eval --runs', () => {
  it('lists what was kept', async () => {
    stage.writeCases();
    await stage.run({ versions: ['v1'] });
    let out = '';
    const desk = {
      print: (text: string) => (out += text),
      aside: { write: () => 0 },
      secret: null,
      signal: new AbortController().signal,
      now: () => 0,
    };
    expect(await listRuns(stage.app(), 'faq', { session: desk, json: false })).toBe(0);
    const { id = '', casesHash = '' } = stage.book.kept[0]?.run ?? {};
    expect(cells(out, id).slice(1, 4)).toEqual(['v1', '1970-01-01T00:00:01Z', '0.500']);
    expect(cells(out, id)).toContain(casesHash.slice(0, 12));
    out = '';
    await listRuns(stage.app(), 'faq', { session: desk, json: true });
    expect(JSON.parse(out)).toMatchObject({ runs: [{ run: id, prompt: 'faq@v1', cases: 6 }] });
    out = '';
    await listRuns(stage.app(), 'other', { session: desk, json: false });
    expect(out).toBe('"other" was never evaluated');
  });
});

describe('a wrong tollgate eval', () => {
  it('spends nothing, and says what is wrong', async () => {
    expect(await refusal(stage.run())).toMatch(/there are no cases for "faq": write .*eval\.jsonl/);
    stage.writeCases([]);
    expect(await refusal(stage.run())).toMatch(/has no case$/);
    writeFileSync(stage.casesFile, '\n{"name":"a"}');
    expect(await refusal(stage.run())).toMatch(/eval\.jsonl: line 2: input: /);
    writeFileSync(stage.casesFile, Buffer.from('{"name":"caf\u00e9"}', 'latin1'));
    expect(await refusal(stage.run())).toMatch(/eval\.jsonl: it is not UTF-8: save it as that$/);
    expect(await refusal(stage.run({ casesFile: stage.folder.path }))).toMatch(/: it is a folder$/);
    stage.writeCases();
    expect(await refusal(stage.run({ versions: ['v7'] }))).toBe(
      '"faq" has no version v7; it has v1, v2, v3',
    );
    expect(await refusal(stage.run({ noRegression: 'v8' }))).toMatch(/no version v8/);
    expect(await refusal(stage.run({ against: 'run_0' }))).toMatch(
      /no stored run "run_0".*faq --runs/,
    );
    expect(stage.asked).toEqual([]);
  });

  it('passes on what the prompts, the key or the price say', async () => {
    stage.writeCases();
    const unknown = problem('unknown_prompt', { detail: 'There is no prompt "fqa".' });
    const noPrompt = stage.app({ promptVersions: () => Promise.reject(unknown) });
    expect(await refusal(stage.run({}, { of: noPrompt }))).toBe(
      'unknown_prompt: There is no prompt "fqa".',
    );
    const noPins = stage.app({
      identify: () => Promise.resolve({ ...LOCAL, id: 'ci', mayPin: false }),
    });
    expect(await refusal(stage.run({}, { of: noPins }))).toMatch(
      /"ci" may not say .* --pin-prompts/,
    );
    const other = { ...LOCAL, id: 'ci', tools: ['summarize_text'] };
    const noTool = stage.app({ identify: () => Promise.resolve(other) });
    expect(await refusal(stage.run({}, { of: noTool }))).toBe(
      'the key "ci" may not call answer_question',
    );
    const forbidden = problem('forbidden_model', { detail: 'Not for this key.' });
    const noModel = stage.app({ planFor: () => Promise.reject(forbidden) });
    expect(await refusal(stage.run({}, { of: noModel }))).toBe(
      'forbidden_model: Not for this key.',
    );
    const drafts = stage.app({
      promptVersions: () => Promise.resolve([fakeVersion('v1', { status: 'draft' })]),
    });
    expect(await refusal(stage.run({}, { of: drafts }))).toMatch(/no version of "faq" is live/);
  });
});
