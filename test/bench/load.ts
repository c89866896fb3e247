import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Result } from 'autocannon';
import type { Child } from './child.ts';
import { tryOnce, type Post } from './requests.ts';

export interface Scenario {
  name: string;
  server: Pick<Child<string>, 'cpuMs'>;
  post: Post;
}

export interface Measured {
  name: string;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** What the server burnt per request; unlike the rest it does not depend on who else is busy. */
  cpuMs: number;
}

const CONNECTIONS = 10;
const WARM_UP_S = 4;
const ROUND_S = 2;
const ROUNDS = 4;

export const LOAD = `${String(CONNECTIONS)} connections, ${String(ROUNDS)} rounds of ${String(ROUND_S)} s each after ${String(WARM_UP_S)} s of warm-up, the best round`;

/**
 * All scenarios under the same load, in turns, so that whatever else the machine does hits them
 * alike. Each gets its best round: noise only ever takes away.
 */
export async function measureLoads(scenarios: readonly Scenario[]): Promise<Measured[]> {
  const rounds = new Map<string, Measured[]>(scenarios.map(({ name }) => [name, []]));
  for (const { post } of scenarios) {
    await tryOnce(post);
    await fire(post, WARM_UP_S);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const scenario of scenarios) rounds.get(scenario.name)?.push(await measure(scenario));
  }
  return [...rounds.values()].map(bestOf);
}

async function measure({ name, server, post }: Scenario): Promise<Measured> {
  const before = await server.cpuMs();
  const { requests, duration, latency } = await fire(post, ROUND_S);
  const cpuMs = ((await server.cpuMs()) - before) / requests.total;
  const perSecond = requests.total / duration;
  return { name, perSecond, p50Ms: latency.p50, p99Ms: latency.p99, cpuMs };
}

function bestOf(rounds: Measured[]): Measured {
  const [best] = rounds.sort((a, b) => b.perSecond - a.perSecond);
  if (best) return best;
  throw new Error('there was no round');
}

const run = promisify(execFile);
const generator = createRequire(import.meta.url).resolve('autocannon');

/** One burst, from a process of its own: the server does not share its thread with its load. */
async function fire({ url, headers, body }: Post, seconds: number): Promise<Result> {
  const { stdout } = await run(process.execPath, [
    generator,
    ...['--json', '--no-progress', '--idReplacement', '--method', 'POST', '--body', body],
    ...['--connections', String(CONNECTIONS), '--duration', String(seconds), '-L', '100'],
    ...Object.entries(headers).flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    url,
  ]);
  const result = JSON.parse(stdout) as Result;
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${url}: ${String(result.non2xx)} refused, ${String(result.errors)} failed`);
  }
  return result;
}
