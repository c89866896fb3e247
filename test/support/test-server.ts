import { tools as builtIn } from '../../tools/index.ts';
import { buildApp, type App } from '../../src/app/app.ts';
import type { Tool } from '../../src/core/tool/define-tool.ts';
import type { Config } from '../../src/config/read.ts';
import { buildHttpServer, type HttpServer } from '../../src/app/http-server.ts';
import type { Provider } from '../../src/model/provider.ts';
import { silentLog, testConfig } from './test-app.ts';

// Code under test may read variables through its libraries; the machine's own stay outside.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('ANTHROPIC_') || name.startsWith('TOLLGATE_')) {
    Reflect.deleteProperty(process.env, name);
  }
}

export interface TestServerOptions {
  /** Who plays the model: something that speaks the Messages API, or a fake in the process. */
  modelUrl?: string;
  provider?: Provider;
  /** Besides the built-in ones. */
  tools?: readonly Tool[];
  settings?: Partial<Config>;
  now?: () => number;
}

/** The whole server in this process, on a free port and a ledger in memory. */
export interface TestServer {
  app: App;
  server: HttpServer;
  url: string;
  close(): Promise<void>;
}

export async function openTestServer(options: TestServerOptions): Promise<TestServer> {
  const { modelUrl, provider, tools = [], settings, now } = options;
  const env: Record<string, string> =
    modelUrl === undefined
      ? {}
      : { ANTHROPIC_BASE_URL: modelUrl, ANTHROPIC_API_KEY: 'key-of-a-test' };
  const config: Config = { ...testConfig(env), ...settings };
  const app = buildApp(config, {
    tools: [...builtIn, ...tools],
    log: silentLog,
    ...(provider && { provider }),
    ...(now && { now }),
  });
  const server = await buildHttpServer(app, config, {
    log: silentLog,
    ...(now && { now }),
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    server,
    url,
    async close() {
      await server.close();
      await app.close();
    },
  };
}
