/** Tollgate as it is served, on a ledger in a file; only the model is faked, in this process. */
import { tellParent } from './child.ts';
import { buildHttpServer } from './shipped.ts';
import { benchApp, benchConfig, quietLog } from './work.ts';

const [, , folder = '.', cache] = process.argv;
const config = benchConfig(folder, cache === 'on' ? 'on' : 'off');
const app = benchApp(config);
await app.warm();
const server = await buildHttpServer(app, config, { log: quietLog });
tellParent(await server.listen({ host: '127.0.0.1', port: 0 }));
