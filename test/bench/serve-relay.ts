/** Tollgate as it is served, its ledger in a file, in front of the Messages API at the address given. */
import { tellParent } from './child.ts';
import { buildApp, buildHttpServer, readConfig, tools } from './shipped.ts';
import { quietLog } from './work.ts';

const [, , folder = '.', modelUrl = ''] = process.argv;
const config = readConfig(
  {
    TOLLGATE_DB: `sqlite:${folder}/relay.db`,
    TOLLGATE_CACHE: 'off',
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'bench',
  },
  folder,
);
const app = buildApp(config, { tools, log: quietLog });
await app.warm();
const server = await buildHttpServer(app, config, { log: quietLog });
tellParent(await server.listen({ host: '127.0.0.1', port: 0 }));
