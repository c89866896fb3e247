import type { FastifyInstance } from 'fastify';
import type { App } from '../../app/app.ts';
import { buildHttpServer } from '../../app/http-server.ts';
import { isLoopback } from '../../config/loopback.ts';
import { banner } from '../shared/banner.ts';
import { UsageError } from '../shared/fail.ts';
import { openApp } from '../shared/open-app.ts';

/** Time for calls that were cut off to write their rows. */
const LAST_ROWS_MS = 2_000;

/** `tollgate serve`: everything over HTTP until a signal comes. */
export async function serve({ host, port }: { host?: string; port?: string }): Promise<void> {
  const { app, config, log, watchdog } = openApp({
    ...(host !== undefined && { TOLLGATE_HOST: host }),
    ...(port !== undefined && { TOLLGATE_PORT: port }),
  });
  if (!isLoopback(config.host) && !(await app.hasKeys())) {
    await app.close();
    throw new UsageError(
      `refusing to listen on ${config.host} without keys: anybody who reaches it could spend your money. Make one with: tollgate keys create NAME`,
    );
  }
  await warmed(app);
  const server = await buildHttpServer(app, config, { log });
  try {
    await server.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'stopping: running calls may finish');
    server.drain();
    await app.idle(config.shutdown_grace_ms);
    await server.close();
    await app.idle(LAST_ROWS_MS);
    await app.close();
  };
  // Before the banner: who reads it may stop us at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A second signal meets no handler and ends the process at once.
    process.once(signal, () => void stop(signal));
  }
  const url = addressOf(server);
  if (config.public_url === undefined) app.baseUrl = url;
  const { simulated, simulatedModels } = app;
  const simulatorUrl = await app.simulatorUrl();
  process.stdout.write(banner({ url, simulatorUrl, simulated, simulatedModels }));
  watchdog.start();
}

/** Warms it up; a failed start must leave no database open. */
async function warmed(app: App): Promise<void> {
  try {
    await app.warm();
  } catch (error) {
    await app.close();
    throw error;
  }
}

function addressOf(server: FastifyInstance): string {
  const address = server.server.address();
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${String(address.port)}`;
}
