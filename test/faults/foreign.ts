import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { WireAttempt, WireCallMeta } from '../../schemas/wire/call.ts';
import type { BudgetState } from '../../schemas/wire/budget.ts';
import type { GetBudgetOutput } from '../../schemas/tools/get-budget.ts';
import { CODES } from '../../src/errors/codes.ts';
import { seededRandom } from '../../src/simulator/random.ts';
import { startServe, type Serving } from '../support/command.ts';
import { SSE, startFakeOpenAi } from '../support/fake-openai.ts';
import { event, startFakeAnthropic } from '../support/fake-anthropic.ts';
import { oddAnswer, type Dialect, type Sent } from './odd-answers.ts';

const CALLS = 5_000;
const AT_ONCE = 16;
/** Every so many calls, one to a model that answers as it should. */
const CONTROL_EVERY = 25;

const ODD = 'claude-haiku-4-5';
const LOCAL = 'my-model';
const STEADY = 'claude-opus-5-5';
const SECRET = 'pk.live/9f3c2a77b1e64d08a5c3';
const BUDGET = 'everybody';

const SETTINGS = {
  chains: { fast: [ODD], balanced: [LOCAL], deep: [STEADY] },
  models: {
    [LOCAL]: {
      provider: 'box',
      tokenFactor: 1,
      contextTokens: 100_000,
      maxOutputTokens: 4_000,
      prices: [{ input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 }],
    },
  },
  // Odd answers are dealt out to everybody: nobody's breaker is to spare others from them.
  breaker: { consecutive: 1_000_000, minimum: 1_000_000, slow_first_token_ms: 60_000 },
  tools: { answer_question: { cache: { off: true } }, rewrite_text: { cache: { off: true } } },
  budgets: {
    [BUDGET]: { scope: 'all', unit: 'usd', window: 'month', limit: 10_000, misfit: 'refuse' },
  },
  local_daily_usd: 100_000,
  log_level: 'error',
};

const ANSWER = JSON.stringify({ answer: 'Within 30 days.', found: true, sources: ['Returns'] });
const REWRITTEN = JSON.stringify({ text: 'Dear customer, it will be dry.' });

const pieces = (text: string): string[] => text.match(/.{1,9}/gs) ?? [];

const MESSAGES: Dialect = {
  events: (text) => [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: ODD,
        content: [],
        usage: {
          input_tokens: 400,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          output_tokens: 1,
        },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces(text).map((piece) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: piece },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_details: null },
      usage: {
        input_tokens: 400,
        output_tokens: 30,
        output_tokens_details: { thinking_tokens: 0 },
      },
    },
    { type: 'message_stop' },
  ],
  // An event may have become something else altogether.
  toWire: (each) =>
    typeof (each as Sent | null)?.['type'] === 'string'
      ? event(each as never)
      : `data: ${JSON.stringify(each)}\n\n`,
  closing: '',
};

const choice = (delta: Sent, reason: string | null = null): Sent => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  model: LOCAL,
  choices: [{ index: 0, delta, finish_reason: reason }],
  usage: null,
});

const COMPLETIONS: Dialect = {
  events: (text) => [
    choice({ role: 'assistant', content: '' }),
    ...pieces(text).map((content) => choice({ content })),
    choice({}, 'stop'),
    {
      id: 'c1',
      choices: [],
      usage: {
        prompt_tokens: 400,
        completion_tokens: 30,
        total_tokens: 430,
        prompt_tokens_details: { cached_tokens: 100 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
  ],
  toWire: (each) => `data: ${JSON.stringify(each)}\n\n`,
  closing: 'data: [DONE]\n\n',
};

/** Providers of both dialects, each of whose answers the seed has spoilt in its own way. */
async function openProviders(seed: string) {
  const kinds = new Map<string, number>();
  let made = 0;
  const spoil = (dialect: Dialect, text: string) => {
    made += 1;
    const random = seededRandom(`${seed}:${String(made)}`);
    const answer = oddAnswer(dialect, { random, text, secret: SECRET });
    kinds.set(answer.kind, (kinds.get(answer.kind) ?? 0) + 1);
    return answer;
  };
  const anthropic = await startFakeAnthropic();
  const openai = await startFakeOpenAi();
  const textFor = (body: unknown): string =>
    JSON.stringify(body).includes('"found"') ? ANSWER : REWRITTEN;
  anthropic.script = (model) =>
    model === STEADY ? null : spoil(MESSAGES, textFor(anthropic.bodies.at(-1)));
  openai.script = ({ body }) => {
    const answer = spoil(COMPLETIONS, textFor(body));
    return { ...answer, headers: { ...SSE, ...answer.headers } };
  };
  return { anthropic, openai, kinds };
}

interface Course {
  url: string;
  wrong: string[];
  statuses: Map<string, number>;
  control: { calls: number; longestMs: number };
}

interface Answered {
  code?: string;
  call?: WireCallMeta;
}

/** Codes that say that it is we who failed. */
const OURS = new Set(['internal_error', 'ledger_unavailable']);

const isControl = (number: number): boolean => number % CONTROL_EVERY === 0;

function callFor(number: number): { tool: string; input: Record<string, unknown> } {
  const quality = isControl(number) ? 'best' : number % 2 === 0 ? 'fast' : 'balanced';
  const options = { quality };
  return number % 3 === 0
    ? {
        tool: 'rewrite_text',
        input: { text: 'It gets dry.', instruction: 'Be friendly.', options },
      }
    : {
        tool: 'answer_question',
        input: { question: `May I send it back? (${String(number)})`, options },
      };
}

async function callOnce(course: Course, number: number): Promise<void> {
  const { tool, input } = callFor(number);
  const from = performance.now();
  const response = await fetch(`${course.url}/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const { code = 'answered', call } = JSON.parse(text) as Answered;
  course.statuses.set(code, (course.statuses.get(code) ?? 0) + 1);
  const { wrong, control } = course;
  if (text.includes(SECRET.slice(0, 12))) wrong.push(`call ${String(number)} was told the key`);
  if (OURS.has(code)) wrong.push(`${code}: ${text}`);
  if (!response.ok && !Object.hasOwn(CODES, code)) wrong.push(`an unnamed error: ${text}`);
  if (!isControl(number)) return;
  control.calls += 1;
  control.longestMs = Math.max(control.longestMs, performance.now() - from);
  if (call?.served_by !== 'model') wrong.push(`a control call was stopped: ${text}`);
}

async function allRows(url: string): Promise<WireCallMeta[]> {
  const rows: WireCallMeta[] = [];
  let before = '';
  for (;;) {
    const response = await fetch(`${url}/v1/calls?limit=100${before}`);
    const page = (await response.json()) as { calls: WireCallMeta[]; next: string | null };
    rows.push(...page.calls);
    if (page.next === null) return rows;
    before = `&before=${page.next}`;
  }
}

const isCount = (tokens: number): boolean => Number.isSafeInteger(tokens) && tokens >= 0;

/** What the prompts allow, tokens. */
const MOST_OUTPUT: Partial<Record<string, number>> = {
  answer_question: 1_024,
  rewrite_text: 24_576,
};

/** What an attempt in the ledger must not be, whatever was answered. */
function whatIsWrongWith(
  { usage, doubts, cost_usd: usd, ttft_ms: ttft, model }: WireAttempt,
  tool: string,
): string[] {
  const { source, ...counts } = usage;
  return [
    ...(Object.values(counts).every(isCount) ? [] : ['counts that are none']),
    ...(usd >= 0 && usd < 1 ? [] : [`a price of ${String(usd)}`]),
    ...(usage.output <= (MOST_OUTPUT[tool] ?? 0) ? [] : [`${String(usage.output)} tokens written`]),
    ...(source === 'estimated' && doubts.length === 0 ? ['an estimate without a reason'] : []),
    ...(ttft !== null && !(usd > 0) ? ['text for nothing'] : []),
  ].map((what) => `${what} (${model}, ${JSON.stringify({ usage, doubts, usd, ttft })})`);
}

async function budgetOf(url: string): Promise<BudgetState> {
  const response = await fetch(`${url}/v1/budget`);
  const { budgets } = (await response.json()) as GetBudgetOutput;
  const found = budgets.find(({ budget }) => budget === BUDGET);
  if (!found) throw new Error('the budget is gone');
  return found;
}

const nano = (usd: number): number => Math.round(usd * 1e9);

async function judge(course: Course, calls: number, kinds: ReadonlyMap<string, number>) {
  const { url, wrong, statuses, control } = course;
  const rows = await allRows(url);
  const attempts = rows.flatMap((row) => row.attempts);
  for (const row of rows)
    wrong.push(...row.attempts.flatMap((attempt) => whatIsWrongWith(attempt, row.tool)));
  const budget = await budgetOf(url);
  const sum = rows.reduce((total, row) => total + nano(row.cost_usd), 0);
  if (rows.length !== calls) wrong.push(`${String(rows.length)} rows for ${String(calls)} calls`);
  if (nano(budget.used) !== sum)
    wrong.push(`budget says ${String(budget.used)}, ledger ${String(sum / 1e9)} USD`);
  if (budget.held !== 0) wrong.push(`${String(budget.held)} USD are still held`);
  const doubts = new Map<string, number>();
  for (const doubt of attempts.flatMap((each) => each.doubts))
    doubts.set(doubt, (doubts.get(doubt) ?? 0) + 1);
  return [
    `${String(calls)} calls, ${String(attempts.length)} attempts at providers of both dialects`,
    `spoilt by: ${inWords(kinds)}`,
    `ended as: ${inWords(statuses)}`,
    `answered by a model: ${String(rows.filter((row) => row.served_by === 'model').length)}, by fallback: ${String(rows.filter((row) => row.served_by === 'fallback').length)}`,
    `flagged attempts: ${String(attempts.filter((each) => each.doubts.length > 0).length)} (${inWords(doubts)}); answered under another name: ${String(attempts.filter((each) => each.answered_by !== null).length)}`,
    `control calls in between: ${String(control.calls)}, all by their model; the slowest took ${control.longestMs.toFixed(0)} ms`,
    `ledger ${(sum / 1e9).toFixed(6)} USD, budget ${budget.used.toFixed(6)} USD, held ${String(budget.held)}`,
  ];
}

const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ');

/** A real server between callers and providers that answer oddly; the same seed spoils the same answers. */
export async function runForeign(
  seed: string,
  calls = CALLS,
): Promise<{ lines: string[]; wrong: string[] }> {
  const providers = await openProviders(seed);
  const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  const { anthropic, openai } = providers;
  const box = { base_url: openai.url, api_key: SECRET };
  writeFileSync(join(folder, 'tollgate.yaml'), stringify({ ...SETTINGS, providers: { box } }));
  const env = { ANTHROPIC_BASE_URL: anthropic.url, ANTHROPIC_API_KEY: SECRET };
  const gate: Serving = await startServe({ cwd: folder, env });
  let log = '';
  gate.child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const course: Course = {
    url: gate.url,
    wrong: [],
    statuses: new Map(),
    control: { calls: 0, longestMs: 0 },
  };
  try {
    const numbers = Array.from({ length: calls }, (_, number) => number);
    const work = async (): Promise<void> => {
      for (let next = numbers.shift(); next !== undefined; next = numbers.shift())
        await callOnce(course, next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const lines = await judge(course, calls, providers.kinds);
    course.wrong.push(...log.split('\n').filter((line) => line.includes('"internal_error"')));
    if (log.includes(SECRET.slice(0, 12))) course.wrong.push('the key is in the log');
    return { lines, wrong: course.wrong };
  } finally {
    gate.child.kill('SIGTERM');
    await gate.exited;
    await anthropic.close();
    await openai.close();
    rmSync(folder, { recursive: true });
  }
}
