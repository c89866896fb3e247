/**
 * Tollgate as it is served, over the simulator in the same process: on a laptop both share one loop.
 * `down`: no model answers, so that tools answer without one.
 */
import { writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { tellParent } from '../bench/child.ts';
import { buildApp, buildHttpServer, readConfig, startSimulator, tools } from '../bench/shipped.ts';

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
tellParent(await server.listen({ host: '127.0.0.1', port: 0 }));
