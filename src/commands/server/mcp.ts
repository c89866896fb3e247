import type { Logger } from 'pino';
import type { App } from '../../app/app.ts';
import { ProblemError } from '../../errors/problem.ts';
import { serveMcpOnStdio } from '../../fronts/mcp/stdio.ts';
import { secretHere, unnamedDbHere } from '../../config/here.ts';
import { openApp } from '../shared/open-app.ts';

/** Rows of calls that the client's leaving cut off get this long. */
const LAST_ROWS_MS = 2_000;

/** Loading the model's side takes a moment; it waits until the client has its list of tools. */
const WARM_AFTER_MS = 1_000;

const UNNAMED =
  'no database was named: keys, budgets and calls are those of this file. Name another with TOLLGATE_DB in the configuration of the client';

/** Listing tools needs no key, so a client without one looks well until its first call. */
async function warnOfKey(app: App, log: Logger): Promise<void> {
  try {
    await app.identify(secretHere());
  } catch (error) {
    if (!(error instanceof ProblemError)) return;
    const advice =
      'every call will be refused: set TOLLGATE_KEY in the configuration of the client';
    log.warn({ code: error.code, detail: error.message }, advice);
  }
}

/** `tollgate mcp`: MCP on standard input and output until the client leaves. */
export function mcp(): Promise<void> {
  // Standard output is the protocol. Whatever a library prints goes the other way.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  const db = unnamedDbHere();
  const { app, log, watchdog } = openApp(db === null ? {} : { TOLLGATE_DB: db });
  if (db !== null) log.warn({ db }, UNNAMED);
  void warnOfKey(app, log);
  const connection = serveMcpOnStdio(app, secretHere(), (err) => {
    log.error({ err }, 'mcp');
  });
  const warm = async (): Promise<void> => {
    try {
      await app.warm();
    } catch (err) {
      // A failure to load now is a problem of the call that needs it, not the end of the server.
      log.error({ err }, 'warming up');
    }
    watchdog.start();
  };
  setTimeout(() => void warm(), WARM_AFTER_MS).unref();
  return new Promise((resolve) => {
    let stopping = false;
    const stop = async (): Promise<void> => {
      if (stopping) return;
      stopping = true;
      await connection.close();
      await app.idle(LAST_ROWS_MS);
      await app.close();
      resolve();
    };
    process.stdin.once('end', () => void stop());
    process.stdin.once('close', () => void stop());
    process.once('SIGINT', () => void stop());
    process.once('SIGTERM', () => void stop());
  });
}
