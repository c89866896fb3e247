import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CallRequest, Ended } from './call/call.ts';
import { cacheParts } from './cache-settings.ts';
import { compose } from './call/compose.ts';
import type { Gate } from './call/gate.ts';
import { buildCallIds } from './call/ids.ts';
import { openCall } from './call/open-call.ts';
import { parseInput } from './call/parse-input.ts';
import { buildSchemaChecks } from './call/schema-check.ts';
import type { Knowledge, Planner, Tool } from './call/tool.ts';
import type { Config } from './config.ts';
import { buildKeys } from './identity/keys.ts';
import type { Services } from './layers/run-tool.ts';
import { CATALOG } from './model/catalog.ts';
import { buildPriceList } from './model/prices.ts';
import type { Provider } from './model/provider.ts';
import { openBudgets } from './open-budgets.ts';
import { givenModel, openModel } from './open-model.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { pipeline, type PipelineParts } from './pipeline.ts';
import { buildPlanner } from './plan.ts';
import type { ModelParts } from './model/try-model.ts';
import { modelStatuses } from './model/statuses.ts';
import { openModelParts } from './open-model-parts.ts';
import type { Prompts } from './prompts/load.ts';
import { buildCacheDesk } from './stores/cache-desk.ts';
import { buildBooks } from './stores/books.ts';
import type { Store } from './stores/ports.ts';
import { openSqlite } from './stores/sqlite/open.ts';
import { openCache } from './open-cache.ts';
import { judgeSameAnswer } from '../tools/judge-same-answer.ts';
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
  const parts = buildParts(config, {
    ...{ tools, log, now, store, prompts, providerOf, budgets, simulated },
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
    cache: buildCacheDesk({
      ...{ book: store.cache, ledger: store.ledger, now },
      maxFalseHits: cacheParts(config.cache).max_false_hits,
    }),
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

interface Opened extends Pick<AppParts, 'tools' | 'log'> {
  store: Store;
  prompts: () => Promise<Prompts>;
  providerOf: ModelParts['providerOf'];
  budgets: ReturnType<typeof openBudgets>;
  simulated: boolean;
  invoke: (request: CallRequest) => Promise<Ended>;
  now: () => number;
}

const HOUR_MS = 3_600_000;

/** Everything that layers need, made once. */
function buildParts(
  config: Config,
  { tools, log, store, prompts, providerOf, budgets, now, ...opened }: Opened,
): PipelineParts & { learnt: () => Promise<void>; closeCache: () => Promise<void> } {
  const { ledger } = store;
  const prices = buildPriceList({ ...CATALOG, ...config.models });
  const checks = buildSchemaChecks();
  const model = openModelParts({ config, providerOf, prices, log, now });
  const learnt = lazyLearning(model, store);
  const planFrom = buildPlanner({ ...model, ...config, prompts });
  const plan: Planner = async (...asked) => {
    await learnt();
    return planFrom(...asked);
  };
  const knowledge = async (): Promise<Knowledge> => {
    const loaded = await prompts();
    return { text: (name) => loaded.shared(name) };
  };
  const cache = openCache({ ...opened, config, store, log, prompts, plan, model, checks, now });
  const services: Services = {
    budgets: budgets.service,
    books: (viewer) => buildBooks(ledger, now, viewer.isAdmin ? null : viewer.id),
    estimate: (call) => async (name, given) => {
      const { tool, input } = await parseInput({ tools, checks }, name, given);
      if (tool.kind !== 'llm') return null;
      const planned = await plan(tool, input, call.principal.models);
      return { plan: planned, kept: await cache.peek({ ...call, input }, tool) };
    },
    now,
  };
  return {
    cache: cache.parts,
    closeCache: () => cache.close(),
    ...{
      tools,
      ownTools: [judgeSameAnswer],
      checks,
      log,
      ledger,
      model,
      plan,
      knowledge,
      services,
      now,
      learnt,
    },
    replay: {
      book: store.idempotency,
      now,
      leaseMs: config.hold_lease_ms,
      keepMs: config.idempotency_hours * HOUR_MS,
      onError: (err) => {
        log.error({ err }, 'the outcome of a call could not be kept for its idempotency key');
      },
    },
    admit: budgets.admitParts(plan),
  };
}

/** Calls whose counts a new process learns from. */
const LEARN_FROM = 500;

/** What earlier calls taught about token counts, read from the ledger once, before the first plan. */
function lazyLearning({ estimator }: ModelParts, { ledger }: Store): () => Promise<void> {
  let learnt: Promise<void> | undefined;
  const learn = async (): Promise<void> => {
    for (const each of await ledger.countedAttempts(LEARN_FROM)) estimator.learn(each);
  };
  return () => (learnt ??= learn());
}

/** Loaded on the first call that needs a prompt, once. */
function lazyPrompts(folder: string): () => Promise<Prompts> {
  let prompts: Promise<Prompts> | undefined;
  return () =>
    (prompts ??= import('./prompts/load.ts').then(({ loadPrompts }) => loadPrompts(folder)));
}
