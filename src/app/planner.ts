import type { CallOptions } from '../../schemas/wire/options.ts';
import type { SentPrompt } from '../core/call/attempt-record.ts';
import type { Estimate, Plan } from '../core/call/plan.ts';
import { hasPrompt, type Planner } from '../core/tool/define-tool.ts';
import { replySchema } from '../core/tool/reply-schema.ts';
import { NO_USAGE } from '../core/call/usage.ts';
import { problem } from '../errors/problem.ts';
import { measure } from '../model/estimate/bound.ts';
import type { Estimator } from '../model/estimate/estimator.ts';
import { dearestPrice, type PriceList } from '../model/prices.ts';
import type { PromptCache } from '../model/prompt-cache.ts';
import type { Provider } from '../model/provider.ts';
import { route, type Chains } from '../model/route.ts';
import { TIME_LIMITS } from '../model/time-limits.ts';
import type { CallRequest } from '../core/call/call.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { PipelineParts } from './pipeline.ts';

interface PlannerParts {
  prices: PriceList;
  estimator: Estimator;
  promptCache: PromptCache;
  providerOf: (model: string) => Pick<Provider, 'cachesPrompts'>;
  chains: Chains;
  /** Cost limit of all attempts of a call, as a multiple of the dearest single one in its worst case. */
  allowance: number;
  now: () => number;
}

/** A plan without what follows from its models and the length of its answer. */
interface Outline extends Pick<
  Plan,
  | 'prompt'
  | 'chain'
  | 'models'
  | 'reason'
  | 'effort'
  | 'replySchema'
  | 'timeLimits'
  | 'maxOutputTokens'
> {
  /** Length of a usual answer, tokens. */
  usualOutputTokens: number;
  /** Everything the model reads. */
  whole: readonly string[];
  sent: SentPrompt;
}

/**
 * Plan of a call, known before anything is spent: the prompt, the chain of models, the shape of the
 * reply, and what it may cost. Prompts and models meet only here.
 */
export const buildPlanner =
  (parts: PlannerParts): Planner =>
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  async (tool, input, { prompt, models = null }): Promise<Plan> => {
    const { options = {}, ...variables } = input as { options?: CallOptions };
    const { policy } = tool;
    const { meta, hash } = prompt;
    const texts = prompt.render(variables);
    const schema = replySchema(tool, input);
    const shape = JSON.stringify(schema);
    const whole = [texts.system, texts.user, shape];
    const { chain, reason } = route({
      complexity: policy.complexity,
      quality: options.quality,
      ofPrompt: meta.model.chain,
      inputTokens: () => parts.estimator.prompt(whole, firstOf(parts.chains.balanced)).expected,
    });
    const { max_output_tokens: usualLimit, expected_output_tokens: usual, effort } = meta.model;
    return toPlan(parts, {
      prompt: { id: meta.id, version: meta.version, hash, ...texts },
      chain,
      models: allowedOf(parts.chains[chain], { chain, allowedModels: models }),
      reason,
      ...(effort !== undefined && { effort }),
      maxOutputTokens: options.max_output_tokens ?? usualLimit,
      usualOutputTokens: usual,
      replySchema: schema,
      timeLimits: { ...TIME_LIMITS, ...policy.timeLimits },
      whole,
      sent: measure({ ...texts, schema: shape }),
    });
  };

const firstOf = (models: readonly string[]): string => models[0] ?? '';

function allowedOf(
  models: readonly string[],
  { chain, allowedModels }: { chain: string; allowedModels: readonly string[] | null },
): readonly string[] {
  if (allowedModels === null) return models;
  const allowed = models.filter((model) => allowedModels.includes(model));
  if (allowed.length > 0) return allowed;
  throw problem('forbidden_model', {
    detail: `The chain "${chain}" asks ${models.join(', ')}; the key may only ask ${allowedModels.join(', ')}.`,
  });
}

function toPlan(
  parts: PlannerParts,
  { usualOutputTokens, whole, sent, ...outline }: Outline,
): Plan {
  const { models, prompt } = outline;
  // Every model of the chain must be able to take the same request over.
  const limits = models.map((each) => parts.prices.facts(each).maxOutputTokens);
  const maxOutputTokens = Math.min(outline.maxOutputTokens, ...limits);
  const outputTokens = Math.min(usualOutputTokens, maxOutputTokens);
  const { system } = prompt;
  const estimate = rememberEach((model: string) =>
    estimateOf(parts, { model, system, whole, sent, outputTokens, maxOutputTokens }),
  );
  const worst = models.map((model) => estimate(model).worstNanoUsd);
  return {
    ...outline,
    maxOutputTokens,
    allowanceNanoUsd: Math.ceil(parts.allowance * Math.max(...worst)),
    estimate: (model = firstOf(models)) => estimate(model),
    narrow: (to) =>
      toPlan(parts, { ...outline, maxOutputTokens, usualOutputTokens, whole, sent, ...to }),
  };
}

interface Request {
  model: string;
  system: string;
  whole: readonly string[];
  sent: SentPrompt;
  outputTokens: number;
  maxOutputTokens: number;
}

/** Tokens and money one attempt at a model may take. */
function estimateOf(parts: PlannerParts, request: Request): Estimate {
  const { prices, estimator, promptCache, providerOf, now } = parts;
  const { model, system, whole, sent } = request;
  const facts = prices.facts(model);
  const prompt = estimator.prompt(whole, model);
  const room = Math.max(1, facts.contextTokens - prompt.high);
  const maxOutputTokens = Math.min(request.maxOutputTokens, room);
  const outputTokens = Math.min(request.outputTokens, room);
  const prefix = {
    model,
    text: system,
    tokens: estimator.prompt([system], model).expected,
    minimumTokens: facts.cacheMinimumTokens,
  };
  const cacheSystem = providerOf(model).cachesPrompts ? promptCache.timeToLive(prefix) : null;
  // No provider reads more than its model can hold.
  const mostInputTokens = Math.min(estimator.most(sent, model), facts.contextTokens);
  const at = now();
  const dearest = (promptTokens: number, outputTokens: number): number =>
    dearestPrice(prices, { model, cacheSystem, promptTokens, outputTokens, at }).costNanoUsd;
  return {
    inputTokens: prompt.expected,
    highInputTokens: prompt.high,
    mostInputTokens,
    outputTokens,
    maxOutputTokens,
    expectedNanoUsd: prices.price(
      model,
      { ...NO_USAGE, input: prompt.expected, output: outputTokens },
      at,
    ).costNanoUsd,
    highNanoUsd: dearest(prompt.high, maxOutputTokens),
    highPromptNanoUsd: dearest(prompt.high, 0),
    worstNanoUsd: dearest(mostInputTokens, maxOutputTokens),
    worstPromptNanoUsd: dearest(mostInputTokens, 0),
    prefix,
    cacheSystem,
    raw: { input: prompt.raw, content: prompt.content },
    sent,
  };
}

/** Each answer once: an estimate reads the whole prompt, and is asked for before every attempt. */
function rememberEach<T>(answer: (model: string) => T): (model: string) => T {
  const known = new Map<string, T>();
  return (model) => {
    const found = known.get(model) ?? answer(model);
    known.set(model, found);
    return found;
  };
}

export type Planned = Pick<
  CallRequest,
  'toolName' | 'input' | 'principal' | 'labels' | 'promptWish'
>;

/**
 * Plan what a call would ask of which model and at what price, without making it; also for tools that
 * are tollgate's own.
 * @throws ProblemError that the call would end with
 */
export const buildPlanFor =
  ({ tools, ownTools, checks, choosePrompt, plan }: PipelineParts) =>
  async ({ toolName, promptWish = null, ...asked }: Planned): Promise<Plan> => {
    const asker = { owner: asked.principal.id };
    const known = { tools: [...tools, ...ownTools], checks, asker };
    const { tool, input } = await parseInput(known, toolName, asked.input);
    if (!hasPrompt(tool))
      throw problem('invalid_input', { detail: `${tool.name} asks no model: it costs nothing.` });
    const { prompt } = await choosePrompt(tool, { ...asked, promptWish });
    return plan(tool, input, { prompt, models: asked.principal.models });
  };
