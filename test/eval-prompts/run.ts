/**
 * `npm run eval:prompts`: how the built-in prompts do on their cases, and whether versions that are worse
 * on purpose are caught, over the simulator. `--write` writes the result into docs/guides/prompts.md as well.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from '../../src/app/app.ts';
import { runEvaluation, type EvalSession } from '../../src/commands/eval/eval.ts';
import { readConfig } from '../../src/config/read.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { tools } from '../../tools/index.ts';
import { table } from '../bench/table.ts';
import { promptFolder } from '../support/prompt-folder.ts';
import { writeBlock } from '../support/document.ts';
import { silentLog } from '../support/test-app.ts';
import { toDraft, WORSE } from './worse.ts';

const PROMPTS = ['faq', 'summarize', 'extract', 'classify'];
const WANTED = { score: 0.8, p: 0.05 };

/** What of `tollgate eval --json` is read here. */
interface Report {
  versions: {
    version: string;
    score: number;
    low: number;
    high: number;
    cost_usd: number;
    cases: unknown[];
  }[];
  comparisons: { version: string; difference: number; p: number }[];
}

interface Row {
  cells: string[];
  isAsWanted: boolean;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const folder = promptFolder({ from: 'prompts' });
/** What the drafts forget, by prompt and version. */
const forgotten: ReadonlyMap<string, string> = new Map(
  WORSE.map((worse, at) => {
    const draft = `v${String(90 + at)}`;
    const v1 = readFileSync(join(folder.path, worse.prompt, 'v1.md'), 'utf8');
    folder.write(`${worse.prompt}/${draft}.md`, toDraft(v1, worse, draft));
    return [`${worse.prompt}@${draft}`, worse.what] as const;
  }),
);

const simulator = await startSimulator({ speed: Infinity, seed: 'eval' });
const env = {
  TOLLGATE_DB: 'sqlite::memory:',
  TOLLGATE_PROMPTS: folder.path,
  ANTHROPIC_BASE_URL: simulator.url,
  ANTHROPIC_API_KEY: 'key-of-an-evaluation',
};
const config = { ...readConfig(env, '/nowhere'), local_daily_usd: null };
const app = buildApp(config, { tools, log: silentLog });

async function evaluate(id: string): Promise<Report> {
  let printed = '';
  const session: EvalSession = {
    print: (text) => (printed += text),
    aside: { write: () => undefined },
    secret: null,
    signal: new AbortController().signal,
    now: Date.now,
  };
  const names = (await app.promptVersions(id)).map(({ meta }) => meta.version);
  const wish = {
    versions: names,
    casesFile: null,
    model: null,
    concurrency: 8,
    dryRun: false,
    minScore: null,
    noRegression: null,
    against: null,
    json: true,
  };
  await runEvaluation(app, id, { wish, session });
  return JSON.parse(printed) as Report;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
const rounded = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toFixed(4));

function toRow(
  id: string,
  version: Report['versions'][number],
  compared: Report['comparisons'][number] | undefined,
): Row {
  const name = `${id}@${version.version}`;
  const what = forgotten.get(name);
  const isWorse = compared !== undefined && compared.difference < 0 && compared.p < WANTED.p;
  return {
    cells: [
      ...[name, what ?? '', String(version.cases.length), version.score.toFixed(3)],
      `${version.low.toFixed(3)} to ${version.high.toFixed(3)}`,
      ...(compared ? [signed(compared.difference), rounded(compared.p)] : ['', '']),
      version.cost_usd.toFixed(4),
    ],
    isAsWanted: what === undefined ? version.score >= WANTED.score && !isWorse : isWorse,
  };
}

try {
  const rows: Row[] = [];
  for (const id of PROMPTS) {
    const { versions, comparisons } = await evaluate(id);
    for (const version of versions)
      rows.push(
        toRow(
          id,
          version,
          comparisons.find((each) => each.version === version.version),
        ),
      );
  }
  const titles = ['version', 'made worse: it', 'cases', 'score', '95 % interval'];
  const markdown = `${table([[...titles, 'against v1', 'p', 'USD'], ...rows.map(({ cells }) => cells)])}\n`;
  say(markdown);
  if (process.argv.includes('--write')) writeBlock('docs/guides/prompts.md', 'eval', markdown);
  for (const { cells, isAsWanted } of rows) {
    if (isAsWanted) continue;
    say(`${cells[0] ?? ''} is not as it should be`);
    process.exitCode = 1;
  }
} finally {
  await app.close();
  await simulator.close();
  folder.remove();
}
