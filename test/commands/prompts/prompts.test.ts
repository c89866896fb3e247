import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../../src/prompts/open-folder.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { tempFolder } from '../../support/fronts.ts';
import { promptFolder, type PromptFolder } from '../../support/prompt-folder.ts';

let folder: PromptFolder;
let home: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = promptFolder({ from: 'prompts' });
  home = tempFolder();
});
afterEach(() => {
  folder.remove();
  home.remove();
});

const prompts = (...args: string[]): Promise<Ran> =>
  runCommand(['prompts', ...args], {
    cwd: home.path,
    env: {
      TOLLGATE_PROMPTS: folder.path,
      TOLLGATE_DB: `sqlite:${join(home.path, 'some.db')}`,
      GIT_CONFIG_GLOBAL: '/dev/null',
      PATH: process.env['PATH'] ?? '',
    },
  });

/** What a command prints when all is well. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await prompts(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function fill(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = openSqlite(join(home.path, 'some.db'));
  await work(store).finally(() => store.close());
}

/** A line of a table, as cells. */
const cells = (table: string, start: string): string[] =>
  table
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.trim()
    .split(/ {2,}/) ?? [];

const edit = (file: string, from: string, to: string): void => {
  const text = folder.read(file);
  expect(text).toContain(from);
  folder.write(file, text.replace(from, to));
};

/** `faq/v3.md`, as somebody would begin it. */
function draftOfFaq(): void {
  folder.write(
    'faq/v3.md',
    folder
      .read('faq/v2.md')
      .replace('version: v2', 'version: v3')
      .replace('status: live', 'status: draft')
      .replace('Do not round', 'Never round'),
  );
}

describe('tollgate prompts list', () => {
  it('shows of every version its share, its tools and why it was made; says what is broken, with 1', async () => {
    folder.write('extract/v2.md', 'half a fi');
    const { code, stdout, stderr } = await prompts('list');
    expect(cells(stdout, 'faq@v1')).toEqual([
      ...['faq@v1', 'live', '90 %', 'answer_question', '2026-11-23', 'tollgate'],
      expect.stringContaining('First version.') as string,
    ]);
    expect(cells(stdout, 'judge@v1').slice(2, 4)).toEqual(['100 %', 'judge_same_answer']);
    expect(stderr).toBe(
      `${folder.path}/extract/v2.md: front matter between two --- lines is missing\n`,
    );
    expect(code).toBe(1);
  });
});

describe('tollgate prompts check', () => {
  it('is content with the built-in prompts, and says what they cost and what a new one changes', async () => {
    draftOfFaq();
    const text = await said('check');
    const [prompt, status, share, tokens, expected, worst, model, changes] = cells(text, 'faq@v3');
    expect([prompt, status, share]).toEqual(['faq@v3', 'draft', '0 %']);
    expect(Number(tokens)).toBeGreaterThan(500);
    expect(Number(worst)).toBeGreaterThan(Number(expected));
    expect(Number(expected)).toBeGreaterThan(0);
    expect(model).toMatch(/^claude-/);
    expect(changes).toBe('+3 -3 lines');
    expect(text).toContain('--- faq/v2.md');
    expect(text).toContain('\n+- Quote numbers');
    // What is locked has been looked at before.
    expect(text).not.toContain('--- faq/v1.md');
    expect(text).toMatch(/all is well\n$/);
  });

  it('ends with 1 and says of every file what to do', async () => {
    edit('faq/v1.md', 'Never guess', 'Guess');
    edit('_shared/handbook.md', 'two hours', 'three hours');
    folder.remove('extract/v1.md');
    const { code, stdout, stderr } = await prompts('check', '--json');
    const report = JSON.parse(stdout) as {
      ok: boolean;
      findings: { where: string; what: string }[];
      versions: { prompt: string; input_tokens: number | null }[];
    };
    expect({ code, stderr, ok: report.ok }).toEqual({ code: 1, stderr: '', ok: false });
    const findings = report.findings.map(({ where, what }) => `${where}: ${what}`).join('\n');
    expect(findings).toContain(
      `${folder.path}/faq/v1.md: v1 was live and has been edited: make v3 with the change (cp v1.md v3.md)`,
    );
    expect(findings).toContain('extract/split.yaml: v1 is not live');
    expect(
      report.versions.find(({ prompt }) => prompt === 'judge@v1')?.input_tokens,
    ).toBeGreaterThan(50);
  });
});

describe('tollgate prompts lock', () => {
  it('adds what is live and not written down, and never writes a line anew', async () => {
    const before = folder.read('lock.yaml');
    draftOfFaq();
    edit('faq/v3.md', 'status: draft', 'status: live');
    expect(await said('lock')).toMatch(/^written into .*lock\.yaml: faq@v3\n$/);
    const after = folder.read('lock.yaml').split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual([
      expect.stringMatching(/^ {2}faq@v3: [0-9a-f]{64}$/),
    ]);
    expect(before.split('\n').filter((line) => !after.includes(line))).toEqual([]);
    edit('faq/v3.md', 'Never round', 'Round');
    const { code, stderr } = await prompts('lock');
    expect(code).toBe(2);
    expect(stderr).toContain('faq/v3.md: v3 was live and has been edited: make v4');
    expect(folder.read('lock.yaml').split('\n')).toEqual(after);
  });
});

const git = (who: string, ...args: string[]): void => {
  const as = ['-c', `user.name=${who}`, '-c', `user.email=${who}@example.com`];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' };
  execFileSync('git', [...as, '-c', 'commit.gpgsign=false', ...args], { cwd: folder.path, env });
};

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 27, 9);

describe('tollgate prompts log', () => {
  it('joins who changed a prompt, when and why, with what each version served', async () => {
    git('Anna', 'init', '-q');
    git('Anna', 'add', '.');
    git('Anna', 'commit', '-qm', 'Ask for sources');
    draftOfFaq();
    git('Ben', 'add', '.');
    git('Ben', 'commit', '-qm', 'Try it without rounding');
    edit('faq/split.yaml', 'v1: 90', 'v1: 80');
    const now = await hashOf('faq', 'v1');
    await fill(async ({ ledger }) => {
      const calls = [
        [0, 'v1', now],
        [1, 'v1', now],
        [2, 'v1', 'ab'.repeat(32)],
        [3, 'v2', null],
      ] as const;
      for (const [at, version, hash] of calls) {
        const attempts = [fakeAttempt({ costNanoUsd: 1_000_000 })];
        const prompt = { id: 'faq', version, variant: 'split' as const, hash };
        const startedAt = START + at * HOUR;
        await ledger.record(
          fakeCall(
            { id: `call_${String(at)}` },
            { prompt, startedAt, attempts, servedBy: 'model' },
          ),
        );
      }
    });
    const text = await said('log', 'faq');
    expect(cells(text, `v1       ${now.slice(0, 12)}`)).toEqual([
      ...[
        'v1',
        now.slice(0, 12),
        '2026-11-27 09:00',
        '2026-11-27 10:00',
        '2',
        '0',
        '0',
        '0.002000',
      ],
    ]);
    expect(cells(text, 'v1       abab')[1]).toBe('abababababab (not as it is now)');
    expect(cells(text, 'v2')[1]).toBe('unknown');
    expect(text).toContain('not committed: split.yaml');
    expect(text).toMatch(/ {2}Ben\n {2}Try it without rounding\n {2}A v3\.md\n/);
    expect(text).toMatch(
      / {2}Anna\n {2}Ask for sources\n {2}A eval\.jsonl, A split\.yaml, A v1\.md/,
    );
  });
});

const hashOf = async (id: string, version: string): Promise<string> => {
  const { sets } = (await openFolder(folder.path)).registry;
  return sets.get(id)?.versions.find(({ meta }) => meta.version === version)?.hash ?? '';
};

describe('tollgate prompts rollback', () => {
  it('gives all callers another version, though the newest is broken, and says how to keep it', async () => {
    edit('faq/split.yaml', '{ v1: 90, v2: 10 }', '{ v1: 0, v2: 100, v3: 0 }');
    folder.write('faq/v3.md', 'half a fi');
    const text = await said('rollback', 'faq');
    expect(text).toMatch(/^faq: all new calls get v1 instead of v2; /);
    expect(text).toContain('git commit -m "Roll faq back to v1" -- ');
    expect(folder.read('faq/split.yaml')).toBe(
      '# Who is given which version. A user, or without one a key, always gets the same.\n' +
        'weights: { v1: 100, v2: 0, v3: 0 }\n',
    );
  });

  it('ends with 2 and changes nothing where there is nowhere to go', async () => {
    const before = folder.read('extract/split.yaml');
    const { code, stderr } = await prompts('rollback', 'extract', '--to', 'v7');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'tollgate: extract: v7 is not live. Live are: v1, v2\n',
    });
    expect(folder.read('extract/split.yaml')).toBe(before);
  });
});

describe('tollgate prompts compare', () => {
  it('says which version callers find better, and how sure that is', async () => {
    await fill(async ({ feedback, ledger }) => {
      for (let at = 0; at < 60; at += 1) {
        const prompt = { id: 'faq', version: at % 3 === 2 ? 'v10' : `v${String((at % 3) + 1)}` };
        const [call, score] = [`call_${String(at)}`, at % 3 === 1 ? 0.25 : at % 2];
        const row = { ...prompt, variant: 'split' as const, hash: null };
        await ledger.record(fakeCall({ id: call }, { prompt: row, startedAt: START }));
        const comment = at === 4 ? 'It did \u001b[2J not say when.' : null;
        await feedback.put({ call, principal: 'web', prompt, score, comment, at: START });
      }
    });
    const text = await said('compare', 'faq');
    expect(cells(text, 'v1 ')).toEqual([
      ...[
        'v1',
        '20',
        '0.000000',
        '20',
        '0.500',
        expect.stringMatching(/^0\.2\d+ to 0\.7\d+$/) as string,
      ],
    ]);
    expect(text.indexOf('\nv2 ')).toBeLessThan(text.indexOf('\nv10 '));
    const [, difference, p, says] = cells(text, 'v2 against v1');
    expect([difference, says]).toEqual(['-0.250', 'worse']);
    expect(Number(p)).toBeLessThan(0.05);
    expect(cells(text, 'v10 against v1').at(-1)).toBe('no difference that is sure');
    expect(text).toContain('v2  call_4  0.25\n  It did  [2J not say when.');
  });
});

describe('tollgate prompts', () => {
  it('of a prompt that there is not ends with 2 and says which there are', async () => {
    const { code, stderr } = await prompts('log', '../faq');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `tollgate: there is no prompt "../faq" in ${folder.path}. There are: classify, extract, faq, rewrite, summarize\n`,
    });
  });
});
