/**
 * A large ledger, asked everything: how long each answer takes, and what others wait meanwhile.
 * `npm run bench:ledger -- [rows] [file]`; a file that is there already is used as it is.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fillLedger, isSummedUp } from './ledger-fill.ts';
import { ask, questionsFor, type Question } from './ledger-questions.ts';
import { whileWatching, type Waited } from './ledger-watch.ts';
import { machine } from './machine.ts';
import { openShipped } from './shipped.ts';
import { ms, table } from './table.ts';

const MAIN = 'dist/src/main.js';
const REPEATS = 5;
const run = promisify(execFile);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const [, , rowsGiven = '1500000', fileGiven] = process.argv;
const rows = Number(rowsGiven);
const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
const file = fileGiven ?? join(folder, 'large.db');
const environment = (path: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ANTHROPIC_API_KEY: '',
  ANTHROPIC_BASE_URL: '',
  TOLLGATE_DB: `sqlite:${path}`,
  TOLLGATE_LOG_LEVEL: 'error',
});
const env = environment(file);

const command = async (...given: string[]): Promise<{ ms: number; said: string }> => {
  const began = performance.now();
  const { stdout } = await run(process.execPath, [MAIN, ...given], {
    env,
    maxBuffer: 64 * 2 ** 20,
  });
  return { ms: performance.now() - began, said: stdout };
};

interface Served {
  child: ChildProcess;
  url: string;
  readyMs: number;
}

async function serve(path: string): Promise<Served> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0'], {
    env: environment(path),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) return { child, url, readyMs: performance.now() - began };
  }
  throw new Error('the server ended without a word');
}

async function stop({ child }: Served): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function startUp(path: string): Promise<number> {
  const served = await serve(path);
  await stop(served);
  return served.readyMs;
}

async function prepare(): Promise<Record<Question['as'], string>> {
  if (!existsSync(file)) {
    await openShipped(file).close();
    const began = performance.now();
    fillLedger(file, rows);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(`${String(rows)} rows in ${seconds} s, ${(statSync(file).size / 2 ** 30).toFixed(2)} GiB`);
  }
  const secretOf = async (...given: string[]): Promise<string> => {
    const made = await command('keys', 'create', ...given, '--json').catch(async () =>
      command('keys', 'rotate', given[0] ?? '', '--json'),
    );
    return (JSON.parse(made.said) as { key: string }).key;
  };
  return { admin: await secretOf('boss', '--admin'), ordinary: await secretOf('ordinary') };
}

/** The first time, and the middle and the longest of the times after it. */
interface Asked {
  question: Question;
  status: number;
  firstMs: number;
  repeatedMs: number;
  longestMs: number;
}

async function askAll(
  questions: readonly Question[],
  server: Parameters<typeof ask>[1],
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const question of questions) {
    const first = await ask(question, server);
    const again: number[] = [];
    for (let time = 0; time < REPEATS; time += 1) again.push((await ask(question, server)).ms);
    again.sort((a, b) => a - b);
    asked.push({
      question,
      status: first.status,
      firstMs: first.ms,
      repeatedMs: again[REPEATS >> 1] ?? 0,
      longestMs: again.at(-1) ?? 0,
    });
  }
  return asked;
}

const askedTable = (asked: readonly Asked[]): string =>
  table([
    ['question', 'as', 'status', 'first ms', 'repeated ms', 'longest ms'],
    ...asked.map(({ question, status, firstMs, repeatedMs, longestMs }) => [
      ...[question.name, question.as, String(status)],
      ...[ms(firstMs), ms(repeatedMs), ms(longestMs)],
    ]),
  ]);

const waitedText = ({ health, stream }: Waited): string =>
  `/health ${ms(health)} ms, a stream ${ms(stream)} ms`;

const COMMANDS = [
  ['keys', 'list', '--json'],
  ['prompts', 'log', 'faq'],
  ['prompts', 'compare', 'faq'],
  ['estimate', '--report'],
  ['budgets', 'list'],
  ['budgets', 'events'],
  ['cache', 'stats'],
  ['cache', 'shadow'],
];

async function newestCall({ url, secrets }: Parameters<typeof ask>[1]): Promise<string> {
  const page = await fetch(`${url}/v1/calls?limit=1`, {
    headers: { authorization: `Bearer ${secrets.admin}` },
  });
  const { calls } = (await page.json()) as { calls: { id: string }[] };
  return calls[0]?.id ?? '';
}

async function measure(served: Served, secrets: Record<Question['as'], string>): Promise<void> {
  const server = { url: served.url, secrets };
  const watched = { url: served.url, secret: secrets.admin };
  if (!isSummedUp(file)) {
    const began = performance.now();
    const waited = await whileWatching(watched, async () => {
      while (!isSummedUp(file)) await setTimeout(500);
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(`summed up in ${seconds} s; meanwhile others waited at most: ${waitedText(waited)}`);
  }
  const from = new Date(Date.now() - 12.345 * 86_400_000).toISOString();
  const questions = questionsFor({ call: await newestCall(server), from });
  say(`quiet: ${waitedText(await whileWatching(watched, () => setTimeout(10_000)))}`);
  let asked: Asked[] = [];
  const waited = await whileWatching(watched, async () => {
    asked = await askAll(questions, server);
  });
  say(askedTable(asked));
  say(`others waited at most: ${waitedText(waited)}`);
}

async function main(): Promise<void> {
  say(machine());
  const secrets = await prepare();
  say(`start on an empty ledger: ${ms(await startUp(join(folder, 'empty.db')))} ms`);
  const served = await serve(file);
  say(`start on the large one: ${ms(served.readyMs)} ms`);
  try {
    await measure(served, secrets);
  } finally {
    await stop(served);
  }
  for (const given of COMMANDS)
    say(`tollgate ${given.join(' ')}: ${ms((await command(...given)).ms)} ms`);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
