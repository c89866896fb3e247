/**
 * Tollgate as it is served, over the simulator in a thread of the same process. Says its address first, then
 * the most CPU that its main thread used between two turns of the loop.
 * `down`: no model answers, so that tools answer without one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp, buildHttpServer, readConfig, openSimulator, tools } from '../bench/shipped.ts';
import { answerAsked } from './asked.ts';

const [, , folder = '.', models = 'up'] = process.argv;

/** Nothing may end the search but its own bound: no budget, no breaker that one odd input opens. */
const SETTINGS = {
  local_daily_usd: null,
  breaker: models === 'down' ? {} : { consecutive: 100_000, minimum: 100_000 },
};

writeFileSync(join(folder, 'tollgate.yaml'), JSON.stringify(SETTINGS));
const simulator = await openSimulator({
  speed: Infinity,
  seed: 'fuzz',
  ...(models === 'down' && { faults: { fault: 'overloaded-529' } }),
});
const config = readConfig(
  {
    TOLLGATE_DB: `sqlite:${join(folder, 'ledger.db')}`,
    ANTHROPIC_BASE_URL: simulator.url,
    ANTHROPIC_API_KEY: 'key-of-the-search',
  },
  folder,
);
const log = pino({ base: null }, pino.destination(devNull));
const app = buildApp(config, { tools, log });
await app.warm();
const server = await buildHttpServer(app, config, { log });
const url = await server.listen({ host: '127.0.0.1', port: 0 });

const TURN_EVERY_MS = 5;
const OF_MAIN_THREAD = `/proc/self/task/${String(process.pid)}/schedstat`;

/** CPU of this thread so far, milliseconds; where the system does not tell, time. */
function cpuMs(): number {
  try {
    return Number(readFileSync(OF_MAIN_THREAD, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

let mostCpuMs = 0;
let last = cpuMs();
setInterval(() => {
  const now = cpuMs();
  mostCpuMs = Math.max(mostCpuMs, now - last);
  last = now;
}, TURN_EVERY_MS);

answerAsked(url, () => {
  const most = mostCpuMs;
  mostCpuMs = 0;
  return most;
});
