import type { Logger } from 'pino';
import type { CacheDesk } from './call/cache-desk.ts';
import type { CallRequest, Ended } from './call/call.ts';
import { parseInput } from './call/parse-input.ts';
import { buildSchemaChecks } from './call/schema-check.ts';
import type { Knowledge, Planner, Tool } from './call/tool.ts';
import type { Config } from './config.ts';
import { CATALOG } from './model/catalog.ts';
import { buildPriceList } from './model/prices.ts';
import type { openBudgets } from './open-budgets.ts';
import type { PipelineParts } from './pipeline.ts';
import { buildPlanner } from './plan.ts';
import type { ModelParts } from './model/try-model.ts';
import { openModelParts } from './open-model-parts.ts';
import type { Prompts } from './prompts/load.ts';
import { buildBooks } from './stores/books.ts';
import type { Store } from './stores/ports.ts';
import { openCache } from './open-cache.ts';
import { judgeSameAnswer } from '../tools/judge-same-answer.ts';

/** What is open already. */
interface Opened {
  tools: readonly Tool[];
  log: Logger;
  store: Store;
  prompts: () => Promise<Prompts>;
  providerOf: ModelParts['providerOf'];
  budgets: ReturnType<typeof openBudgets>;
  simulated: boolean;
  desk: CacheDesk;
  invoke: (request: CallRequest) => Promise<Ended>;
  now: () => number;
}

const HOUR_MS = 3_600_000;

/** Everything that layers need, made once. */
export function buildParts(
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
  const services = buildServices({
    ...{ tools, checks, ledger, plan, now },
    peek: cache.peek,
    desk: opened.desk,
    budgets: budgets.service,
  });
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
    replay: replayParts(config, { store, log, now }),
    admit: budgets.admitParts(plan),
  };
}

function replayParts(
  config: Config,
  { store, log, now }: Pick<Opened, 'store' | 'log' | 'now'>,
): PipelineParts['replay'] {
  return {
    book: store.idempotency,
    now,
    leaseMs: config.hold_lease_ms,
    keepMs: config.idempotency_hours * HOUR_MS,
    onError: (err) => {
      log.error({ err }, 'the outcome of a call could not be kept for its idempotency key');
    },
  };
}

/** What function tools may use. */
function buildServices({ budgets, peek, desk, ...parts }: ServiceParts): PipelineParts['services'] {
  const { tools, checks, ledger, plan, now } = parts;
  return {
    budgets,
    complain: (call) => desk.complain(call),
    books: (viewer) => buildBooks(ledger, now, viewer.isAdmin ? null : viewer.id),
    estimate: (call) => async (name, given) => {
      const { tool, input } = await parseInput({ tools, checks }, name, given);
      if (tool.kind !== 'llm') return null;
      const planned = await plan(tool, input, call.principal.models);
      return { plan: planned, kept: await peek({ ...call, input }, tool) };
    },
    now,
  };
}

interface ServiceParts extends Pick<PipelineParts, 'tools' | 'checks' | 'plan' | 'now'> {
  ledger: Store['ledger'];
  budgets: PipelineParts['services']['budgets'];
  peek: ReturnType<typeof openCache>['peek'];
  desk: CacheDesk;
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
export function lazyPrompts(folder: string): () => Promise<Prompts> {
  let prompts: Promise<Prompts> | undefined;
  return () =>
    (prompts ??= import('./prompts/load.ts').then(({ loadPrompts }) => loadPrompts(folder)));
}
