import Anthropic from '@anthropic-ai/sdk';
import { request } from 'undici';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import { readBlocks, isEvent } from '../support/sse.ts';
import { startChild } from './child.ts';
import { openPrompts, replyField, replySchema, tools } from './shipped.ts';
import { hasPrompt } from '../../src/core/tool/define-tool.ts';

/** Milliseconds of one answer: to the first text of the answer, and to its end. */
interface Timed {
  firstMs: number;
  wholeMs: number;
}

/** What tollgate adds to the same request sent directly, milliseconds. */
export interface Latency {
  concurrent: number;
  pairs: number;
  direct: { p50: number; p99: number; first50: number };
  relayed: { p50: number; p99: number; first50: number };
  addedP50: number;
  addedP99: number;
  addedFirst50: number;
}

const WORKERS = 50;
const WARM_UP_EACH = 6;
const PAIRS_EACH = 8;
/** An answer takes about so long: the workers start spread over it. */
const SPREAD_MS = 2_300;

type Ask = (question: string) => Promise<Timed>;

/**
 * The SDK straight to the simulator against a stream through tollgate to the same simulator: the same
 * prompts in turns by the same workers, so that both meet the same load. The simulator's pace depends
 * on the prompt alone, so each pair has the same answer at the same speed.
 */
export async function measureLatency(folder: string): Promise<Latency> {
  const simulator = await startChild<string>('serve-simulator.ts');
  const tollgate = await startChild<string>('serve-relay.ts', folder, simulator.said);
  try {
    const direct = await askDirectly(simulator.said);
    const relayed = askThrough(tollgate.said);
    // A service that runs is warm: connections, compiled code, the provider's prompt cache.
    await workAll('Warm up', WARM_UP_EACH, { direct, relayed });
    const pairs = await workAll('How do I get my money back?', PAIRS_EACH, { direct, relayed });
    return summarize(pairs);
  } finally {
    await tollgate.stop();
    await simulator.stop();
  }
}

interface Pair {
  direct: Timed;
  relayed: Timed;
}

type Arms = Record<keyof Pair, Ask>;

async function workAll(words: string, rounds: number, arms: Arms): Promise<Pair[]> {
  const work = async (worker: number): Promise<Pair[]> => {
    await new Promise((resolve) => setTimeout(resolve, (worker * SPREAD_MS) / WORKERS));
    return askInTurns((round) => `${words} (${String(worker)}.${String(round)})`, rounds, arms);
  };
  return (await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)))).flat();
}

/** Each question to both; who goes first changes from round to round. */
async function askInTurns(
  questionOf: (round: number) => string,
  rounds: number,
  ask: Arms,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const question = questionOf(round);
    if (round % 2 === 0) {
      const direct = await ask.direct(question);
      pairs.push({ direct, relayed: await ask.relayed(question) });
    } else {
      const relayed = await ask.relayed(question);
      pairs.push({ direct: await ask.direct(question), relayed });
    }
  }
  return pairs;
}

/** What the tool sends for a question, sent by the SDK alone. */
async function askDirectly(baseURL: string): Promise<Ask> {
  const client = new Anthropic({ apiKey: 'bench', baseURL, maxRetries: 0, openTelemetry: false });
  const tool = tools.find(({ name }) => name === 'answer_question');
  if (!hasPrompt(tool)) throw new Error('answer_question is no model tool');
  const watch = { onProblems: () => undefined, onChange: () => undefined };
  const prompts = await openPrompts('prompts', watch);
  const prompt = prompts.usual(tool.prompt);
  prompts.close();
  const schema = transformJSONSchema(replySchema(tool, { question: '' }));
  return async (question) => {
    const startedAt = performance.now();
    const { system, user } = prompt.render({ question });
    const stream = await client.messages.create({
      model: 'claude-sonnet-5-5',
      max_tokens: 1024,
      system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: user }],
      output_config: { format: { type: 'json_schema', schema } },
      stream: true,
    });
    const field = replyField('answer');
    let firstMs = 0;
    for await (const event of stream) {
      if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
      if (field.push(event.delta.text) !== '' && firstMs === 0)
        firstMs = performance.now() - startedAt;
    }
    return { firstMs, wholeMs: performance.now() - startedAt };
  };
}

function askThrough(url: string): Ask {
  return async (question) => {
    const startedAt = performance.now();
    const { body } = await request(`${url}/v1/tools/answer_question`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ question }),
    });
    let firstMs = 0;
    let last = '';
    for await (const block of readBlocks(body)) {
      if (!isEvent(block)) continue;
      last = block.event;
      if (last === 'delta' && firstMs === 0) firstMs = performance.now() - startedAt;
    }
    if (last !== 'done') throw new Error(`a stream ended with ${last}`);
    return { firstMs, wholeMs: performance.now() - startedAt };
  };
}

function summarize(pairs: readonly Pair[]): Latency {
  const at = (share: number, pick: (pair: Pair) => number): number => {
    const sorted = pairs.map(pick).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  };
  const of = (arm: keyof Pair) => ({
    p50: at(0.5, (pair) => pair[arm].wholeMs),
    p99: at(0.99, (pair) => pair[arm].wholeMs),
    first50: at(0.5, (pair) => pair[arm].firstMs),
  });
  const [direct, relayed] = [of('direct'), of('relayed')];
  return {
    concurrent: WORKERS,
    pairs: pairs.length,
    direct,
    relayed,
    addedP50: at(0.5, ({ direct: d, relayed: r }) => r.wholeMs - d.wholeMs),
    addedP99: relayed.p99 - direct.p99,
    addedFirst50: at(0.5, ({ direct: d, relayed: r }) => r.firstMs - d.firstMs),
  };
}
