import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { cacheParts } from '../config/cache.ts';
import { checkSettings } from '../config/check-names.ts';
import { compose } from '../core/call/compose.ts';
import type { Core } from '../core/services/core.ts';
import type { Plan } from '../core/call/plan.ts';
import type { PromptVersion } from '../core/call/prompt.ts';
import { buildCallIds } from '../core/call/ids.ts';
import { openCall } from '../core/call/open-call.ts';
import { buildSchemaChecks } from '../core/tool/schema-check.ts';
import type { Tool } from '../core/tool/define-tool.ts';
import type { Config } from '../config/read.ts';
import { buildKeys } from '../identity/keys.ts';
import type { Provider } from '../model/provider.ts';
import { openBudgets } from './budgets.ts';
import { lifecycleOf, type AppLifecycle } from './lifecycle.ts';
import { givenModel, modelsOf, openModel } from './providers.ts';
import { keepSums, ROLL_UP_MS } from './sums.ts';
import { packageRoot, packageVersion } from '../config/package-root.ts';
import { buildParts } from './parts.ts';
import { openPromptParts } from './prompts.ts';
import { buildPlanFor, type Planned } from './planner.ts';
import { pipeline, type PipelineParts } from './pipeline.ts';
import type { LoopWatchdog } from '../observe/watchdog.ts';
import { modelStatuses } from '../model/statuses.ts';
import { buildCacheAdmin } from '../cache/admin.ts';
import { buildFeedbackService } from '../ledger/feedback.ts';
import type { EvalStore } from '../stores/ports/prompts.ts';
import type { Store } from '../stores/ports/store.ts';
import { openLoggedStore } from './store.ts';
import { applySettings } from '../config/tool-overrides.ts';

/** Parts of an app; what is optional has a real default, which tests and benches replace. */
export interface AppParts {
  tools: readonly Tool[];
  log: Logger;
  provider?: Provider;
  store?: Store;
  now?: () => number;
  watchdog?: LoopWatchdog;
}

/** The core with its life: fronts see the {@link Core}, whoever started it the rest. */
export interface App extends Core, AppLifecycle {
  /** Settable, because a server may learn its port only when it listens. */
  baseUrl: string;
  /** Evaluations that were made. */
  readonly evals: EvalStore;
  readonly promptsFolder: string;
  /** Oldest first. @throws ProblemError unknown_prompt */
  promptVersions(id: string): Promise<readonly PromptVersion[]>;
  /** Plan what a call would ask of which model, and at what price. @throws ProblemError */
  planFor(asked: Planned): Promise<Plan>;
  /** Whether there is or was any key: without, only this machine may be served. */
  hasKeys(): Promise<boolean>;
  /** For the watchdog: what a front is about to do. */
  noteRequest(what: string): void;
  /** Settles when no call is running, or after `limitMs`. */
  idle(limitMs: number): Promise<void>;
}

/** Put the parts together. Nothing listens yet; fronts do. */
export function buildApp(config: Config, given: AppParts): App {
  const { log, now = Date.now, watchdog } = given;
  const opened = openAll(config, given, now);
  const { tools, store, prompts, keys, budgets, cache, feedback, parts, simulatedModels } = opened;
  const simulated = simulatedModels.length === modelsOf(config).length;
  const calls = openPipeline(parts, simulated, watchdog);
  opened.run.invoke = calls.invoke;
  budgets.leaseManager.start();
  const sums = keepSums(store, log);
  sums.start(ROLL_UP_MS.first);
  const isCached = config.cache !== 'off';
  return {
    tools,
    keys,
    cache,
    feedback,
    simulated,
    simulatedModels,
    budgets: budgets.service,
    ledger: parts.services.ledger,
    evals: store.evals,
    ...prompts.shown,
    version: packageVersion(packageRoot()),
    now,
    baseUrl: addressOf(config),
    planFor: buildPlanFor(parts),
    identify: (secret) => keys.identify(secret),
    hasKeys: () => keys.any(),
    ...calls,
    models: () => modelStatuses(parts.model, config.chains),
    longestHoldMs: () => watchdog?.longestHoldMs() ?? 0,
    noteRequest: (what) => watchdog?.request(what),
    ...lifecycleOf({ ...opened, sums, watchdog, now, isCached }),
  };
}

/** Every room, opened in the order in which one needs another. */
function openAll(config: Config, given: AppParts, now: () => number) {
  const { log } = given;
  checkSettings(config, given.tools);
  const model = given.provider ? givenModel(given.provider) : openModel(config, now);
  const { providerOf, isSimulated } = model;
  const tools = applySettings(given.tools, config);
  // After all that may refuse the settings: an opened database must not be left behind.
  const store = given.store ?? openLoggedStore(config, { log, now });
  const checks = buildSchemaChecks();
  const prompts = openPromptParts({ config, root: packageRoot(), tools, checks, log });
  const keys = buildKeys({ store: store.keys, keySecret: config.key_secret, now });
  const budgets = openBudgets({ config, store, log, isSimulated, now });
  const { cache, feedback } = openServices(config, store, now);
  // A judge asks through the same pipeline that it is a part of.
  const run: Partial<Pick<App, 'invoke'>> = {};
  const simulatedModels = modelsOf(config).filter(isSimulated);
  const parts = buildParts(config, {
    tools,
    log,
    now,
    store,
    checks,
    providerOf,
    isSimulated,
    budgets,
    feedback,
    simulatedModels,
    prompts: prompts.get,
    invoke(request) {
      if (!run.invoke) throw new Error('nothing is on the road yet');
      return run.invoke(request);
    },
  });
  return {
    tools,
    model,
    store,
    checks,
    prompts,
    keys,
    budgets,
    cache,
    feedback,
    parts,
    simulatedModels,
    run,
  };
}

const addressOf = ({ public_url: url, host, port }: Config): string =>
  url?.replace(/\/$/, '') ?? `http://${host}:${String(port)}`;

/** Parts that look after answers, once they are given. */
function openServices(
  config: Config,
  store: Store,
  now: () => number,
): Pick<App, 'cache' | 'feedback'> {
  const { cache: cacheStore, ledger, feedback } = store;
  const { max_false_hits: maxFalseHits } = cacheParts(config.cache);
  const cache = buildCacheAdmin({ store: cacheStore, ledger, now, maxFalseHits });
  const complain = (callId: string) => cache.complain(callId);
  return { cache, feedback: buildFeedbackService({ ledger, feedback, complain, now }) };
}

/** A name comes from the caller; what the watchdog notes has little room. */
const MOST_NAME_CHARS = 80;

/** The pipeline, and how many calls are on it. */
function openPipeline(
  parts: PipelineParts,
  simulated: boolean,
  watchdog?: LoopWatchdog,
): Pick<App, 'invoke' | 'idle'> {
  const run = compose(pipeline(parts), (layer, { toolName, id }) => {
    watchdog?.layer(`${toolName.slice(0, MOST_NAME_CHARS)} ${id} ${layer}`);
  });
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
