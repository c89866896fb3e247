import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { cacheParts } from './cache-settings.ts';
import { compose } from './call/compose.ts';
import type { CacheDesk } from './call/cache-desk.ts';
import type { Gate } from './call/gate.ts';
import { buildCallIds } from './call/ids.ts';
import { openCall } from './call/open-call.ts';
import type { Tool } from './call/tool.ts';
import type { Config } from './config.ts';
import { buildKeys } from './identity/keys.ts';
import type { Provider } from './model/provider.ts';
import { openBudgets } from './open-budgets.ts';
import { givenModel, openModel } from './open-model.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { buildParts, lazyPrompts } from './open-parts.ts';
import { pipeline, type PipelineParts } from './pipeline.ts';
import { modelStatuses } from './model/statuses.ts';
import { buildCacheDesk } from './stores/cache-desk.ts';
import type { Store } from './stores/ports.ts';
import { openSqlite } from './stores/sqlite/open.ts';
import { applySettings } from './tool-settings.ts';

/** What an app is made of; what is optional has a real default, which tests and benches replace. */
export interface AppParts {
  tools: readonly Tool[];
  log: Logger;
  provider?: Provider;
  store?: Store;
  now?: () => number;
}

/** The core with its life: fronts see the {@link Gate}, whoever started it the rest. */
export interface App extends Gate {
  /** Settable, because a server may learn its port only when it listens. */
  baseUrl: string;
  /** Load and start what the first call would wait for. */
  warm(): Promise<void>;
  /** Whether there is or was any key: without, only this machine may be served. */
  hasKeys(): Promise<boolean>;
  /** Address of the simulator, started if it was not; null if a real provider is asked. */
  simulatorUrl(): Promise<string | null>;
  /** Settles when no call is running, or after `limitMs`. */
  idle(limitMs: number): Promise<void>;
  /** Ends what the app started: the simulator and the store. */
  close(): Promise<void>;
}

/** Put the parts together. Nothing listens yet; fronts do. */
export function buildApp(config: Config, given: AppParts): App {
  const now = given.now ?? Date.now;
  const root = packageRoot();
  const model = given.provider ? givenModel(given.provider) : openModel(config);
  const { simulated, providerOf } = model;
  const prompts = lazyPrompts(join(root, 'prompts'));
  const tools = applySettings(given.tools, config);
  // After all that may refuse the settings: an opened database must not be left behind.
  const store = given.store ?? openSqlite(config.db.slice('sqlite:'.length));
  const { log } = given;
  const keys = buildKeys({ book: store.keys, keySecret: config.key_secret, now });
  const budgets = openBudgets({ config, store, log, simulated, now });
  let road: ReturnType<typeof openRoad> | null = null;
  const desk = openDesk(config, store, now);
  const parts = buildParts(config, {
    ...{ tools, log, now, store, prompts, providerOf, budgets, simulated, desk },
    invoke(request) {
      if (!road) throw new Error('nothing is on the road yet');
      return road.invoke(request);
    },
  });
  road = openRoad(parts, simulated);
  budgets.keeper.start();

  return {
    tools,
    keys,
    budgets: budgets.service,
    books: parts.services.books,
    cache: desk,
    simulated,
    version: packageVersion(root),
    baseUrl:
      config.public_url?.replace(/\/$/, '') ?? `http://${config.host}:${String(config.port)}`,
    identify: (secret) => keys.identify(secret),
    hasKeys: () => keys.any(),
    ...road,
    models: () => modelStatuses(parts.model, config.chains),
    ready: async () => ({ store: await store.health() }),
    async warm() {
      await Promise.all([keys.check(), prompts(), parts.learnt(), model.warm()]);
    },
    simulatorUrl: () => model.simulatorUrl(),
    async close() {
      await parts.closeCache();
      budgets.keeper.stop();
      await model.close();
      await store.close();
    },
  };
}

const openDesk = (config: Config, { cache: book, ledger }: Store, now: () => number): CacheDesk =>
  buildCacheDesk({ book, ledger, now, maxFalseHits: cacheParts(config.cache).max_false_hits });

/** The pipeline, and how many calls are on it. */
function openRoad(parts: PipelineParts, simulated: boolean): Pick<App, 'invoke' | 'idle'> {
  const run = compose(pipeline(parts));
  const nextId = buildCallIds(parts.now);
  let running = 0;
  return {
    async invoke(request) {
      const call = openCall(request, { id: nextId(), startedAt: parts.now(), simulated });
      running += 1;
      try {
        return { ...(await run(call)), call };
      } finally {
        running -= 1;
      }
    },
    async idle(limitMs) {
      const until = Date.now() + limitMs;
      while (running > 0 && Date.now() < until) await setTimeout(20);
    },
  };
}
