/**
 * A process under load until it is told to stop, or killed: as many calls at once as it is told, each
 * through the whole pipeline to the simulator. Tells its parent how each one ended.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from '../../src/app/app.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { tools } from '../../tools/index.ts';
import { silentLog } from '../support/test-app.ts';
import { readConfig } from '../../src/config/read.ts';
import { CONCURRENCY } from './settings.ts';

/** How one call ended. */
export interface Report {
  id: string;
  code: string | null;
  servedBy: string;
}

const [folder = '', modelUrl = ''] = process.argv.slice(2);
const env = {
  TOLLGATE_DB: `sqlite:${folder}/ledger.db`,
  ANTHROPIC_BASE_URL: modelUrl,
  ANTHROPIC_API_KEY: 'key-of-a-test',
  TOLLGATE_CACHE: 'off',
};
const app = buildApp(readConfig(env, folder), { tools, log: silentLog });
await app.warm();

let stopping = false;
let count = 0;

/** Spaces of which hardly anybody would say how many tokens they are: each is one, here. */
const LONGEST_GAP = 45_000;

/** Short prompts, each another one; some have a gap in them. */
const input = () => ({
  text: `Parcel ${String((count += 1))} of ${String(process.pid)} has not${' '.repeat(gap())} arrived and I would like to have my money back.`,
  labels: [{ name: 'refund' }, { name: 'delivery' }, { name: 'praise' }],
});

const gap = (): number => (count % 10 === 5 ? Math.floor(Math.random() * LONGEST_GAP) : 1);

async function callOnce(): Promise<Report> {
  const { call, ...ended } = await app.invoke({
    toolName: 'classify_text',
    input: input(),
    principal: LOCAL,
    labels: LOCAL.labels,
    idempotencyKey: null,
    front: 'rest',
    // A few leave before their answer is there.
    signal: count % 20 === 0 ? AbortSignal.timeout(30) : new AbortController().signal,
    emit: () => undefined,
  });
  return {
    id: call.id,
    code: ended.ok ? null : ended.problem.code,
    servedBy: call.meta.servedBy,
  };
}

/** Who is refused comes back a little later, as a client would. */
const PAUSE_MS = 500;

async function loop(): Promise<void> {
  while (!stopping) {
    const report = await callOnce();
    process.send?.(report);
    if (report.code !== null) await wait(PAUSE_MS);
  }
}

process.once('message', () => {
  stopping = true;
});
await Promise.all(Array.from({ length: CONCURRENCY }, loop));
await app.close();
process.disconnect();
