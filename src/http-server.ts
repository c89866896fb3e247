import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { App } from './app.ts';
import type { Config } from './config.ts';
import { problem } from './errors/problem.ts';
import { mountMcp } from './fronts/mcp/http.ts';
import { buildRestServer } from './fronts/rest/server.ts';

/** Proxies and load balancers close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;

export type HttpServer = FastifyInstance & {
  /** Take no new work: no connections, no requests on open ones. What runs may finish. */
  drain(): void;
};

/** People come under the name that the settings say they do. */
const hostOf = (url: string | undefined): string[] =>
  url === undefined ? [] : [new URL(url).hostname];

/** Both HTTP fronts on one server, not listening yet. */
export async function buildHttpServer(app: App, config: Config, log: Logger): Promise<HttpServer> {
  const onError = (err: Error): void => {
    log.error({ err }, 'http');
  };
  const server = await buildRestServer(app, {
    allowedHosts: [...config.allowed_hosts, config.host, ...hostOf(config.public_url)],
    bodyLimitBytes: config.body_limit_bytes,
    heartbeatMs: HEARTBEAT_MS,
    simulatorUrl: await app.simulatorUrl(),
    onError,
  });
  let draining = false;
  server.addHook('onRequest', (_request, _reply, done) => {
    if (!draining) done();
    else done(problem('shutting_down', { detail: 'The server is stopping.', retryAfterMs: 2_000 }));
  });
  mountMcp(server, app, {
    idleMs: config.mcp_session_idle_ms,
    cap: config.mcp_session_cap,
    now: Date.now,
    onError,
  });
  return Object.assign(server, {
    drain() {
      draining = true;
      server.server.close();
    },
  });
}
