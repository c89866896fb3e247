import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { App } from './app.ts';
import type { Config } from '../config/read.ts';
import { problem } from '../errors/problem.ts';
import { mountMcp } from '../fronts/mcp/http.ts';
import { buildRestServer } from '../fronts/rest/server.ts';
import { isLoopback } from '../config/loopback.ts';

/** Proxies and load balancers close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;

export type HttpServer = FastifyInstance & {
  /** Take no new work: no connections, no requests on open ones. What runs may finish. */
  drain(): void;
};

/**
 * Names that requests may come under; null for any. On loopback a page of the web could else reach us
 * under a name of its own. Elsewhere every request must bring a key, which no such page has.
 */
const allowedHosts = (config: Config): string[] | null =>
  isLoopback(config.host)
    ? [...config.allowed_hosts, config.host, ...hostOf(config.public_url)]
    : null;

const hostOf = (url: string | undefined): string[] =>
  url === undefined ? [] : [new URL(url).hostname];

/** Parts of a server beside its settings. */
interface ServerParts {
  log: Logger;
  /** By whose clock sessions are idle, milliseconds. */
  now?: () => number;
}

/** Both HTTP fronts on one server, not listening yet. */
export async function buildHttpServer(
  app: App,
  config: Config,
  { log, now = Date.now }: ServerParts,
): Promise<HttpServer> {
  const onError = (err: Error): void => {
    log.error({ err }, 'http');
  };
  const server = await buildRestServer(app, {
    allowedHosts: allowedHosts(config),
    bodyLimitBytes: config.body_limit_bytes,
    bodyLimitValues: config.body_limit_values,
    heartbeatMs: HEARTBEAT_MS,
    simulatorUrl: await app.simulatorUrl(),
    onError,
  });
  let draining = false;
  server.addHook('onRequest', ({ method, routeOptions }, _reply, done) => {
    app.noteRequest(`${method} ${routeOptions.url ?? '(no route)'}`);
    if (!draining) done();
    else done(problem('shutting_down', { detail: 'The server is stopping.', retryAfterMs: 2_000 }));
  });
  mountMcp(server, app, {
    idleMs: config.mcp_session_idle_ms,
    cap: config.mcp_session_cap,
    now,
    onError,
  });
  return Object.assign(server, {
    drain() {
      draining = true;
      server.server.close();
    },
  });
}
