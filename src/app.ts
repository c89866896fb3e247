import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { compose } from './call/compose.ts';
import type { Gate } from './call/gate.ts';
import { buildCallIds } from './call/ids.ts';
import { openCall } from './call/open-call.ts';
import { parseInput } from './call/parse-input.ts';
import { buildSchemaChecks } from './call/schema-check.ts';
import type { Tool, ToolContext } from './call/tool.ts';
import type { Config } from './config.ts';
import { CATALOG } from './model/catalog.ts';
import { buildPriceList } from './model/prices.ts';
import type { Provider } from './model/provider.ts';
import { givenModel, openModel } from './open-model.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { pipeline, type PipelineParts } from './pipeline.ts';
import { buildPlanner } from './plan.ts';
import type { Prompts } from './prompts/load.ts';
import { buildBooks } from './stores/books.ts';
import type { Store } from './stores/ports.ts';
import { openSqlite } from './stores/sqlite/open.ts';

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
  const store = given.store ?? openSqlite(config.db.slice('sqlite:'.length));
  const model = given.provider ? givenModel(given.provider) : openModel(config);
  const prompts = lazyPrompts(join(root, 'prompts'));
  const parts = buildParts(config, { ...given, now, store, prompts, provider: model.provider });
  const run = compose(pipeline(parts));
  const nextId = buildCallIds(now);
  let running = 0;

  return {
    tools: given.tools,
    books: parts.services.books,
    simulated: model.simulated,
    version: packageVersion(root),
    baseUrl:
      config.public_url?.replace(/\/$/, '') ?? `http://${config.host}:${String(config.port)}`,
    async invoke(request) {
      const { simulated } = model;
      const call = openCall(request, {
        id: nextId(),
        principal: PRINCIPAL,
        startedAt: now(),
        simulated,
      });
      running += 1;
      try {
        return { ...(await run(call)), call };
      } finally {
        running -= 1;
      }
    },
    ready: async () => ({ store: await store.health() }),
    async warm() {
      await Promise.all([prompts(), model.warm()]);
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

type Opened = Required<AppParts> & { prompts: () => Promise<Prompts> };

/** Everything that layers need, made once. */
function buildParts(config: Config, opened: Opened): PipelineParts {
  const { tools, log, store, prompts, provider, now } = opened;
  const prices = buildPriceList({ ...CATALOG, ...config.models });
  const checks = buildSchemaChecks();
  const plan = buildPlanner({ prompts, prices, chains: config.chains, now });
  const estimate: ToolContext['estimate'] = async (name, given) => {
    const { tool, input } = await parseInput({ tools, checks }, name, given);
    return tool.kind === 'llm' ? plan(tool, input) : null;
  };
  const services = { books: buildBooks(store.ledger, now), estimate, now };
  return { tools, checks, log, ledger: store.ledger, provider, prices, plan, services, now };
}

/** Loaded on the first call that needs a prompt, once. */
function lazyPrompts(folder: string): () => Promise<Prompts> {
  let prompts: Promise<Prompts> | undefined;
  return () =>
    (prompts ??= import('./prompts/load.ts').then(({ loadPrompts }) => loadPrompts(folder)));
}
