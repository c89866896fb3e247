import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/call/call.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { fakeCall } from '../../support/calls.ts';
import { runCommand, type Ran } from '../../support/command.ts';
import { counted, MODEL } from '../../support/counted.ts';
import { tempFolder } from '../../support/fronts.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});

const estimate = (...args: string[]): Promise<Ran> =>
  runCommand(['estimate', ...args], { cwd: folder.path });

async function seed(attempts: readonly AttemptRecord[]): Promise<void> {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  for (const [i, attempt] of attempts.entries())
    await store.ledger.record(fakeCall({ id: `call_${String(i)}` }, { attempts: [attempt] }));
  await store.close();
}
const seeds = (count: number, input: number): AttemptRecord[] =>
  Array.from({ length: count }, () => counted({ usage: { input } }));

const QUESTION = '{"question":"How do I get my money back?"}';

describe('tollgate estimate --report', () => {
  it('says in a sentence that there is nothing to compare', async () => {
    const { code, stdout, stderr } = await estimate('--report');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^There is nothing to compare yet: .*\.\n$/);
    const { stdout: asJson } = await estimate('--report', '--json');
    expect(JSON.parse(asJson)).toEqual({ groups: [], all: null });
  });

  it('prints a row per model, side and content, and one of all', async () => {
    await seed(seeds(40, 1_250));
    const { code, stdout } = await estimate('--report');
    expect(code).toBe(0);
    const [head = '', ...rows] = stdout.split('\n');
    expect(head).toMatch(/^model +side +content +samples +mean error % +mean \|error\| %/);
    const cells = rows.map((row) => row.split(/ +/));
    expect(cells[0]?.slice(0, 4)).toEqual([MODEL, 'input', 'prose', '40']);
    expect(cells[1]).toEqual([
      MODEL,
      'output',
      'prose',
      '40',
      '0.0',
      '0.0',
      '0.0',
      '0.0',
      '8000',
      '8000',
    ]);
    expect(cells[2]?.slice(0, 2)).toEqual(['all', '80']);
    expect(cells[2]?.at(-1)).toBe(String(40 * 1_250 + 40 * 200));
    expect(new Set([head, ...rows.slice(0, 3)].map(({ length }) => length)).size).toBe(1);
  });

  it('--json has the same figures for programs, as shares of 1', async () => {
    await seed([...seeds(1, 1_250)]);
    const { stdout } = await estimate('--report', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      groups: [
        {
          model: MODEL,
          side: 'input',
          content: 'prose',
          samples: 1,
          mean_error: -0.2,
          mean_absolute_error: 0.2,
          p95_absolute_error: 0.2,
          above_high: 0,
          predicted_tokens: 1_000,
          actual_tokens: 1_250,
        },
        { side: 'output', mean_error: 0 },
      ],
      all: { samples: 2, predicted_tokens: 1_200, actual_tokens: 1_450 },
    });
  });

  it('reads as many of the newest calls as asked for', async () => {
    await seed([...seeds(5, 2_000), ...seeds(3, 1_000)]);
    const { stdout } = await estimate('--report', '--json', '--calls', '3');
    expect(JSON.parse(stdout)).toMatchObject({ all: { samples: 6, mean_absolute_error: 0 } });
  });
});

describe('tollgate estimate <tool>', () => {
  it('says what a call would cost, and spends nothing', async () => {
    const { code, stdout, stderr } = await estimate('answer_question', '--json', QUESTION);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(stdout) as { input_tokens: number; cost_usd: number };
    expect(said).toMatchObject({ tool: 'answer_question' });
    expect(said.input_tokens).toBeGreaterThan(1_000);
    expect(said.cost_usd).toBeGreaterThan(0);
    const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
    expect(await store.ledger.list({ limit: 9 }, null)).toMatchObject([
      { tool: 'estimate_cost', front: 'cli', cost_usd: 0 },
    ]);
    await store.close();
  });

  it('learns from the ledger: a model that counts 50 % more is expected to again', async () => {
    const tokens = async (): Promise<number> => {
      const { stdout } = await estimate('answer_question', '--json', QUESTION);
      return (JSON.parse(stdout) as { input_tokens: number }).input_tokens;
    };
    const before = await tokens();
    await seed(seeds(100, 1_500));
    expect((await tokens()) / before).toBeCloseTo(1.5, 1);
  });

  it('reads the input from a file', async () => {
    writeFileSync(join(folder.path, 'input.json'), QUESTION);
    const { code, stdout } = await estimate('answer_question', '--input', 'input.json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tool: 'answer_question' });
  });

  it('of an input that does not fit prints the problem and exits with 1', async () => {
    const { code, stdout, stderr } = await estimate('answer_question', '--json', '{}');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ code: 'invalid_input' });
  });
});

describe('a wrong tollgate estimate', () => {
  it.each([
    { what: 'no tool', args: [], says: /name a tool, or ask for --report/ },
    { what: 'a tool and a report', args: ['x', '--report'], says: /takes no tool/ },
    { what: 'an input and a report', args: ['--report', '--json', '{}'], says: /takes no tool/ },
    { what: '--json without an input', args: ['x', '--json'], says: /--json needs the input/ },
    { what: 'JSON that is none', args: ['x', '--json', '{id'], says: /--json is not JSON/ },
    { what: 'both ways', args: ['x', '--json', '{}', '--input', '-'], says: /not both/ },
    { what: 'no number of calls', args: ['--report', '--calls', 'all'], says: /--calls must be/ },
    { what: 'no calls', args: ['--report', '--calls', '0'], says: /--calls must be/ },
  ])('with $what exits with 2 and says why', async ({ args, says }) => {
    const { code, stdout, stderr } = await estimate(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
