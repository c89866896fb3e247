/** CPU of whole calls without a front: one after another, everything this process burns counted. */
import { Session } from 'node:inspector/promises';
import type { App } from '../../src/app/app.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { tellParent } from './child.ts';
import { toSteps, type Step } from './profile.ts';
import { INPUT } from './question.ts';
import { benchApp, benchConfig } from './work.ts';

export interface CpuOfTool {
  name: string;
  /** CPU milliseconds of one call in the best round: a busy neighbour only ever adds. */
  perCallMs: number;
  /** Where they go. */
  steps: Step[];
}

const WARM_UP_CALLS = 2_000;
const ROUNDS = 5;
const CALLS = 1_000;

async function call(app: App, toolName: string, input: unknown): Promise<string> {
  const ended = await app.invoke({
    toolName,
    input,
    principal: LOCAL,
    idempotencyKey: null,
    labels: { feature: 'bench', user: null, team: null },
    front: 'rest',
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  if (!ended.ok) throw ended.problem;
  return ended.call.id;
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < times; done += 1) await work();
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function measure(name: string, work: () => Promise<unknown>): Promise<CpuOfTool> {
  await repeat(WARM_UP_CALLS, work);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push((await cpuMs(() => repeat(CALLS, work))) / CALLS);
  }
  const perCallMs = Math.min(...rounds);
  return { name, perCallMs, steps: await profile(perCallMs, () => repeat(2 * CALLS, work)) };
}

/** A run of its own, because a profiler costs; only the shares are taken from it. */
async function profile(perCallMs: number, work: () => Promise<void>): Promise<Step[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  await work();
  const { profile: found } = await session.post('Profiler.stop');
  session.disconnect();
  return toSteps(found, perCallMs);
}

const app = benchApp(benchConfig(process.argv[2] ?? '.'));
await app.warm();
const id = await call(app, 'answer_question', INPUT);
const estimate = { tool: 'answer_question', input: INPUT };

tellParent([
  await measure('answer_question (handbook)', () => call(app, 'answer_question', INPUT)),
  await measure('get_call (function)', () => call(app, 'get_call', { id })),
  await measure('estimate_cost (function)', () => call(app, 'estimate_cost', estimate)),
] satisfies CpuOfTool[]);
await app.close();
