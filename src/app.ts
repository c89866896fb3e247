import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { compose } from './call/compose.ts';
import type { Gate } from './call/gate.ts';
import { buildCallIds } from './call/ids.ts';
import { openCall } from './call/open-call.ts';
import { parseInput } from './call/parse-input.ts';
import { buildSchemaChecks } from './call/schema-check.ts';
import type { Knowledge, Planner, Tool, ToolContext } from './call/tool.ts';
import type { Config } from './config.ts';
import { CATALOG } from './model/catalog.ts';
import { buildPriceList } from './model/prices.ts';
import type { Provider } from './model/provider.ts';
import { givenModel, openModel } from './open-model.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { pipeline, type PipelineParts } from './pipeline.ts';
import { buildPlanner } from './plan.ts';
import type { ModelParts } from './model/try-model.ts';
import { modelStatuses } from './model/statuses.ts';
import { openModelParts } from './open-model-parts.ts';
import type { Prompts } from './prompts/load.ts';
import { buildBooks } from './stores/books.ts';
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
  /** Address of the simulator, started if it was not; null if a real provider is asked. */
  simulatorUrl(): Promise<string | null>;
  /** Settles when no call is running, or after `limitMs`. */
  idle(limitMs: number): Promise<void>;
  /** Ends what the app started: the simulator and the store. */
  close(): Promise<void>;
}

/** Identity has one answer so far: whoever reaches this machine is `local`. */
const PRINCIPAL = 'local';

/** Put the parts together. Nothing listens yet; fronts do. */
export function buildApp(config: Config, given: AppParts): App {
  const now = given.now ?? Date.now;
  const root = packageRoot();
  const model = given.provider ? givenModel(given.provider) : openModel(config);
  const prompts = lazyPrompts(join(root, 'prompts'));
  const tools = applySettings(given.tools, config);
  // After all that may refuse the settings: an opened database must not be left behind.
  const store = given.store ?? openSqlite(config.db.slice('sqlite:'.length));
  const { log } = given;
  const { providerOf } = model;
  const parts = buildParts(config, { tools, log, now, store, prompts, providerOf });
  const run = compose(pipeline(parts));
  const nextId = buildCallIds(now);
  let running = 0;

  return {
    tools,
    books: parts.services.books,
    simulated: model.simulated,
    version: packageVersion(root),
    baseUrl:
      config.public_url?.replace(/\/$/, '') ?? `http://${config.host}:${String(config.port)}`,
    async invoke(request) {
      const { simulated } = model;
      const startedAt = now();
      const call = openCall(request, { id: nextId(), principal: PRINCIPAL, startedAt, simulated });
      running += 1;
      try {
        return { ...(await run(call)), call };
      } finally {
        running -= 1;
      }
    },
    models: () => modelStatuses(parts.model, config.chains),
    ready: async () => ({ store: await store.health() }),
    async warm() {
      await Promise.all([prompts(), parts.learnt(), model.warm()]);
    },
    simulatorUrl: () => model.simulatorUrl(),
    async idle(limitMs) {
      const until = Date.now() + limitMs;
      while (running > 0 && Date.now() < until) await setTimeout(20);
    },
    async close() {
      await model.close();
      await store.close();
    },
  };
}

interface Opened extends Pick<AppParts, 'tools' | 'log'> {
  store: Store;
  prompts: () => Promise<Prompts>;
  providerOf: ModelParts['providerOf'];
  now: () => number;
}

/** Everything that layers need, made once. */
function buildParts(
  config: Config,
  { tools, log, store, prompts, providerOf, now }: Opened,
): PipelineParts & { learnt: () => Promise<void> } {
  const { ledger } = store;
  const prices = buildPriceList({ ...CATALOG, ...config.models });
  const checks = buildSchemaChecks();
  const model = openModelParts({ config, providerOf, prices, log, now });
  const learnt = lazyLearning(model, store);
  const planFrom = buildPlanner({ ...model, ...config, prompts });
  const plan: Planner = async (tool, input) => {
    await learnt();
    return planFrom(tool, input);
  };
  const estimate: ToolContext['estimate'] = async (name, given) => {
    const { tool, input } = await parseInput({ tools, checks }, name, given);
    return tool.kind === 'llm' ? plan(tool, input) : null;
  };
  const knowledge = async (): Promise<Knowledge> => {
    const loaded = await prompts();
    return { text: (name) => loaded.shared(name) };
  };
  const services = { books: buildBooks(ledger, now), estimate, now };
  return { tools, checks, log, ledger, model, plan, knowledge, services, now, learnt };
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
