import type { CallOptions } from '../schemas/options.ts';
import type { Estimate, Plan } from './call/plan.ts';
import type { Planner } from './call/tool.ts';
import { replySchema } from './call/reply-schema.ts';
import { NO_USAGE } from './call/usage.ts';
import { estimatePrompt } from './model/estimate.ts';
import type { PriceList } from './model/prices.ts';
import { route, type Chains } from './model/route.ts';
import type { Prompts } from './prompts/load.ts';

interface PlanParts {
  /** Loaded on the first call, so that a server can start before its templates are compiled. */
  prompts: () => Promise<Prompts>;
  prices: PriceList;
  chains: Chains;
  now: () => number;
}

/**
 * What a call will ask of which model, known before anything is spent: the prompt, the chain, the
 * shape of the reply, and what it may cost. Prompts and models meet only here.
 */
export const buildPlanner =
  ({ prompts, prices, chains, now }: PlanParts): Planner =>
  async (tool, input): Promise<Plan> => {
    const { options = {}, ...variables } = input as { options?: CallOptions };
    const prompt = (await prompts()).get(tool.prompt);
    const { chain, reason } = route(tool.policy, options.quality);
    const [model = ''] = chains[chain];
    const facts = prices.facts(model);
    const { max_output_tokens: usualLimit, expected_output_tokens: usual } = prompt.meta.model;
    // Every model of the chain must be able to take the same request over.
    const limits = chains[chain].map((each) => prices.facts(each).maxOutputTokens);
    const maxOutputTokens = Math.min(options.max_output_tokens ?? usualLimit, ...limits);
    const texts = prompt.render(variables);
    const schema = replySchema(tool, input);

    const estimate = (): Estimate => {
      const whole = [texts.system, texts.user, JSON.stringify(schema)];
      const inputTokens = estimatePrompt(whole, facts.tokenFactor);
      const outputTokens = Math.min(usual, maxOutputTokens);
      const priceOf = (output: number): number =>
        prices.price(model, { ...NO_USAGE, input: inputTokens, output }, now()).costNanoUsd;
      return {
        inputTokens,
        outputTokens,
        expectedNanoUsd: priceOf(outputTokens),
        worstNanoUsd: priceOf(maxOutputTokens),
      };
    };

    return {
      prompt: { id: prompt.meta.id, version: prompt.meta.version, ...texts },
      models: chains[chain],
      reason,
      maxOutputTokens,
      replySchema: schema,
      estimate,
    };
  };
