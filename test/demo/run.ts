/**
 * `npm run demo:faq`: what the customers of a shop ask, with and without each tier of the cache, over the
 * simulator at list prices. `--write` writes the result into docs/guides/cache.md as well.
 */
import { buildApp, type App } from '../../src/app/app.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { totalCostNanoUsd } from '../../src/core/call/usage.ts';
import { readConfig, type Config } from '../../src/config/read.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { tools } from '../../tools/index.ts';
import { table } from '../bench/table.ts';
import { OWNER } from '../support/owner.ts';
import { writeBlock } from '../support/document.ts';
import { silentLog } from '../support/test-app.ts';
import { faqTraffic } from './traffic.ts';

const REQUESTS = 2_000;
const SEED = 7;
const SPEED = 1_000;
const AT_ONCE = 4;
const WANTED = { saved: 0.8, wrong: 0.01 };

interface Setup {
  name: string;
  cache: 'on' | 'off';
  judge: 'off' | 'inline';
  /** Wish of each call about cached answers. */
  wish?: string;
}

const SETUPS: readonly [Setup, ...Setup[]] = [
  { name: 'without a cache', cache: 'off', judge: 'off' },
  { name: 'exact', cache: 'on', judge: 'off', wish: 'exact-only' },
  { name: 'exact and canonical', cache: 'on', judge: 'off' },
  { name: 'exact, canonical and judged', cache: 'on', judge: 'inline' },
];

interface Answered {
  text: string;
  /** What was answered, as a person would compare it. */
  sources: string;
  tier: string | null;
  nanoUsd: number;
}

interface Ran {
  name: string;
  usd: number;
  judgeUsd: number;
  answered: Answered[];
}

async function run(setup: Setup, modelUrl: string, traffic: readonly string[]): Promise<Ran> {
  const app = buildApp(configOf(setup, modelUrl), { tools, log: silentLog });
  try {
    const answered: Answered[] = [];
    let next = 0;
    const caller = async (): Promise<void> => {
      for (let text = traffic[next++]; text !== undefined; text = traffic[next++])
        answered.push(await ask(app, text, setup));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    const { judge } = await app.cache.stats({ from: 0, to: Date.now() + 1_000 });
    const spent = await app
      .ledger(OWNER)
      .usage({ group_by: 'day', from: undefined, to: undefined });
    return { name: setup.name, usd: spent.total.cost_usd, judgeUsd: judge.cost_usd, answered };
  } finally {
    await app.close();
  }
}

const configOf = ({ cache, judge }: Setup, modelUrl: string): Config => ({
  ...readConfig(
    {
      TOLLGATE_DB: 'sqlite::memory:',
      TOLLGATE_CACHE: cache,
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: 'key-of-a-demo',
    },
    '/nowhere',
  ),
  tools: { answer_question: { cache: { judge } } },
  local_daily_usd: null,
});

async function ask(app: App, text: string, { wish }: Setup): Promise<Answered> {
  const ended = await app.invoke({
    toolName: 'answer_question',
    input: { question: text, ...(wish !== undefined && { options: { cache: wish } }) },
    principal: LOCAL,
    labels: LOCAL.labels,
    idempotencyKey: null,
    front: 'cli',
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  if (!ended.ok) throw ended.problem;
  const { sources, answer } = ended.output as { sources: string[]; answer: string };
  return {
    text,
    // Where nothing was found there is no source to compare.
    sources: sources.join(', ') || answer,
    tier: ended.call.meta.cache?.tier ?? null,
    nanoUsd: totalCostNanoUsd(ended.call.meta),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function report(runs: readonly [Ran, ...Ran[]]): {
  markdown: string;
  isGood: boolean;
  wrong: string[];
} {
  const [base] = runs;
  const right = new Map(base.answered.map(({ text, sources }) => [text, sources]));
  const isWrong = ({ text, tier, sources }: Answered): boolean =>
    tier !== null && right.get(text) !== sources;
  const rows = runs.map(({ name, usd, judgeUsd, answered }) => {
    const hits = answered.filter(({ tier }) => tier !== null);
    const of = (tier: string): string =>
      percent(answered.filter((each) => each.tier === tier).length / answered.length);
    const wrong = answered.filter(isWrong).length;
    return {
      saved: 1 - usd / base.usd,
      wrong: wrong / answered.length,
      cells: [
        ...[name, usd.toFixed(4), percent(1 - usd / base.usd), judgeUsd.toFixed(4)],
        ...[percent(hits.length / answered.length), of('exact'), of('canonical'), of('judged')],
        ...[of('shared'), percent(wrong / answered.length)],
      ],
    };
  });
  const distinct = new Set(base.answered.map(({ text }) => text)).size;
  const last = rows.at(-1);
  const markdown = `${String(REQUESTS)} requests of ${String(distinct)} different texts, seed ${String(SEED)}, ${String(AT_ONCE)} at once

${table([
  [
    ...['', 'USD', 'saved', 'of it judge, USD', 'answered from the cache'],
    ...['exact', 'canonical', 'judged', 'shared', 'wrong of all'],
  ],
  ...rows.map(({ cells }) => cells),
])}
`;
  const wrong = (runs.at(-1)?.answered ?? []).filter(isWrong);
  return {
    markdown,
    isGood: last !== undefined && last.saved >= WANTED.saved && last.wrong < WANTED.wrong,
    wrong: wrong.map(
      ({ text, sources }) => `${text} -> ${sources}; right: ${right.get(text) ?? ''}`,
    ),
  };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const traffic = faqTraffic(REQUESTS, SEED);
const simulator = await startSimulator({ speed: SPEED, seed: 'faq' });
try {
  const [first, ...others] = SETUPS;
  const runs: [Ran, ...Ran[]] = [await run(first, simulator.url, traffic)];
  for (const setup of others) runs.push(await run(setup, simulator.url, traffic));
  const { markdown, isGood, wrong } = report(runs);
  say(markdown);
  for (const each of wrong) say(`wrong: ${each}`);
  if (process.argv.includes('--write')) writeBlock('docs/guides/cache.md', 'faq', markdown);
  if (!isGood) {
    say('less is saved, or more is wrong, than was promised');
    process.exitCode = 1;
  }
} finally {
  await simulator.close();
}
