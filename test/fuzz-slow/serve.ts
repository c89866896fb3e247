/**
 * Tollgate as it is served, over the simulator in the same process: on a laptop both share one loop. Says its
 * address first, then the most CPU that was used between two turns of the loop.
 * `down`: no model answers, so that tools answer without one.
 */
import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildApp, buildHttpServer, readConfig, startSimulator, tools } from '../bench/shipped.ts';
import { answerAsked } from './asked.ts';

const [, , folder = '.', models = 'up'] = process.argv;

/** Nothing may end the search but its own bound: no budget, no breaker that one odd input opens. */
const SETTINGS = {
  local_daily_usd: null,
  breaker: models === 'down' ? {} : { consecutive: 100_000, minimum: 100_000 },
};

writeFileSync(join(folder, 'tollgate.yaml'), JSON.stringify(SETTINGS));
const simulator = await startSimulator({ speed: Infinity, seed: 'fuzz' });
if (models === 'down') simulator.faults.add({ fault: 'overloaded-529' });
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
const server = await buildHttpServer(app, config, log);
const url = await server.listen({ host: '127.0.0.1', port: 0 });

const TURN_EVERY_MS = 5;
let mostCpuMs = 0;
let last = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(last);
  last = process.cpuUsage();
  mostCpuMs = Math.max(mostCpuMs, (user + system) / 1000);
}, TURN_EVERY_MS);

answerAsked(url, () => {
  const most = mostCpuMs;
  mostCpuMs = 0;
  return most;
});
