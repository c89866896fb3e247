import { pino } from 'pino';
import { tools } from '../../tools/index.ts';
import { buildApp, type App, type AppParts } from '../../src/app/app.ts';
import type { CallRequest, Ended, Event } from '../../src/core/call/call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import { Cache } from '../../src/config/cache.ts';
import { readConfig, type Config } from '../../src/config/read.ts';

export const silentLog = pino({ level: 'silent' });

/**
 * Default settings with the ledger in memory; nothing of the machine's environment gets in. The cache is
 * off, unless a test is about it: most count what models are asked, and ask the same thing again.
 */
export const testConfig = (env: Record<string, string> = {}): Config =>
  readConfig({ TOLLGATE_DB: 'sqlite::memory:', TOLLGATE_CACHE: 'off', ...env }, '/nowhere');

/** For tests that are about the cache; none of its hits is checked by chance. */
export const WITH_CACHE = { cache: Cache.parse({ check_share: 0 }) };

/** An app on a ledger in memory; close it. */
export const testApp = (parts: Partial<AppParts> = {}, env: Record<string, string> = {}): App =>
  buildApp(testConfig(env), { tools, log: silentLog, ...parts });

/** Call a tool without a front. @returns the end, and the events on the way */
export async function invoke(
  app: App,
  ...[toolName, input, request = {}]: [string, unknown, Partial<CallRequest>?]
): Promise<Ended & { events: Event[] }> {
  const events: Event[] = [];
  const ended = await app.invoke({
    toolName,
    input,
    principal: LOCAL,
    idempotencyKey: null,
    labels: { feature: null, user: null, team: null },
    front: 'rest',
    signal: new AbortController().signal,
    emit: (event) => void events.push(event),
    ...request,
  });
  return { ...ended, events };
}
