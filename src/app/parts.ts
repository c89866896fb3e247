import type { Logger } from 'pino';
import type { Call, CallRequest, ChoosePrompt, Ended } from '../core/call/call.ts';
import type { FeedbackService } from '../core/services/feedback.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import { hasPrompt, type Knowledge, type Planner, type Tool } from '../core/tool/define-tool.ts';
import type { Config } from '../config/read.ts';
import { CATALOG } from '../model/catalog.ts';
import { buildPriceList } from '../model/prices.ts';
import type { openBudgets } from './budgets.ts';
import type { PipelineParts } from './pipeline.ts';
import { buildPlanner } from './planner.ts';
import type { ModelParts } from '../model/run-attempt.ts';
import { openModelParts } from './model.ts';
import type { Prompts } from '../prompts/open-prompts.ts';
import { buildLedgerQueries } from '../ledger/queries.ts';
import type { Subject } from '../prompts/split.ts';
import type { Store } from '../stores/ports/store.ts';
import { openCache } from './cache.ts';
import { gradeAnswer, judgeSameAnswer } from './bundled-tools.ts';

/** Parts open already. */
interface PartsDeps {
  tools: readonly Tool[];
  log: Logger;
  store: Store;
  prompts: () => Promise<Prompts>;
  checks: SchemaChecks;
  providerOf: ModelParts['providerOf'];
  budgets: ReturnType<typeof openBudgets>;
  isSimulated: PipelineParts['isSimulated'];
  simulatedModels: readonly string[];
  feedback: FeedbackService;
  invoke: (request: CallRequest) => Promise<Ended>;
  now: () => number;
}

const HOUR_MS = 3_600_000;

/** Everything that layers need, made once. */
export function buildParts(
  config: Config,
  { tools, log, store, prompts, checks, providerOf, budgets, now, ...opened }: PartsDeps,
): PipelineParts & { learnt: () => Promise<void>; closeCache: () => Promise<void> } {
  const { ledger } = store;
  const prices = buildPriceList({ ...CATALOG, ...config.models });
  const model = openModelParts({ config, providerOf, prices, log, now });
  const learnt = lazyLearning(model, store);
  const planFrom = buildPlanner({ ...model, ...config });
  const plan: Planner = async (...asked) => {
    await learnt();
    return planFrom(...asked);
  };
  const knowledge = async (): Promise<Knowledge> => {
    const { shared } = (await prompts()).registry();
    return { text: (name) => shared.get(name) ?? null };
  };
  const choosePrompt: ChoosePrompt = async ({ prompt }, call) =>
    (await prompts()).choose(prompt, subjectOf(call), call.promptWish);
  const judgePrompt = async () => (await prompts()).usual(judgeSameAnswer.prompt);
  const cache = openCache({ ...opened, config, store, log, judgePrompt, plan, model, checks, now });
  const services = buildServices({
    tools,
    checks,
    ledger,
    choosePrompt,
    plan,
    now,
    peek: cache.peek,
    feedback: opened.feedback,
    budgets: budgets.service,
  });
  return {
    cache: cache.parts,
    closeCache: () => cache.close(),
    tools,
    ownTools: [judgeSameAnswer, gradeAnswer],
    checks,
    log,
    ledger,
    model,
    isSimulated: opened.isSimulated,
    choosePrompt,
    plan,
    knowledge,
    services,
    now,
    learnt,
    replay: replayParts(config, { store, log, now }),
    admit: budgets.admitParts(plan),
  };
}

function replayParts(
  config: Config,
  { store, log, now }: Pick<PartsDeps, 'store' | 'log' | 'now'>,
): PipelineParts['replay'] {
  return {
    store: store.idempotency,
    now,
    leaseMs: config.hold_lease_ms,
    keepMs: config.idempotency_hours * HOUR_MS,
    onError: (err) => {
      log.error({ err }, 'the outcome of a call could not be kept for its idempotency key');
    },
  };
}

/** Services for function tools. */
function buildServices({
  budgets,
  peek,
  feedback,
  ...parts
}: ServiceParts): PipelineParts['services'] {
  const { tools, checks, ledger, choosePrompt, plan, now } = parts;
  return {
    budgets,
    feedback,
    ledger: (viewer) => buildLedgerQueries(ledger, now, viewer.isAdmin ? null : viewer.id),
    estimate: (call) => async (name, given) => {
      const asker = { owner: call.principal.id, signal: call.signal };
      const { tool, input } = await parseInput({ tools, checks, asker }, name, given);
      if (!hasPrompt(tool)) return null;
      const chosen = { ...(await choosePrompt(tool, call)), tool };
      const { prompt } = chosen;
      const planned = await plan(tool, input, { prompt, models: call.principal.models });
      return { plan: planned, kept: await peek({ ...call, input }, chosen) };
    },
    now,
  };
}

interface ServiceParts extends Pick<
  PipelineParts,
  'tools' | 'checks' | 'choosePrompt' | 'plan' | 'now'
> {
  ledger: Store['ledger'];
  budgets: PipelineParts['services']['budgets'];
  peek: ReturnType<typeof openCache>['peek'];
  feedback: FeedbackService;
}

/** Calls whose counts a new process learns from. */
const LEARN_FROM = 500;

/** Lessons of earlier calls about token counts, read from the ledger once, before the first plan. */
function lazyLearning({ estimator }: ModelParts, { ledger }: Store): () => Promise<void> {
  let learnt: Promise<void> | undefined;
  const learn = async (): Promise<void> => {
    for (const each of await ledger.countedAttempts(LEARN_FROM)) estimator.learn(each);
  };
  return () => (learnt ??= learn());
}

/** The subject given a version. */
const subjectOf = ({ principal, labels }: Pick<Call, 'principal' | 'labels'>): Subject => ({
  principal: principal.id,
  ...labels,
});
