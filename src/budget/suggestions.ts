import type { NextAction } from '../../schemas/wire/problem.ts';
import type { Call } from '../core/call/call.ts';
import type { Plan } from '../core/call/plan.ts';
import type { LlmTool, Planner } from '../core/tool/define-tool.ts';
import { ProblemError } from '../errors/problem.ts';
import { fits, shorterThatFits } from './fit.ts';
import type { Answered } from './answered.ts';

/** A call that is planned and waits to be let through. */
export interface Applicant {
  call: Call;
  tool: LlmTool;
  plan: Plan;
}

/** Ways to fit right now, best first: a shorter answer by the same model, then a cheaper one. */
export async function suggestions(
  planner: Planner,
  { call, tool, plan }: Applicant,
  answered: Answered,
): Promise<NextAction[]> {
  const ways: NextAction[] = [];
  const shorter = shorterThatFits(plan, answered);
  if (shorter !== null) {
    const why = `An answer of at most ${String(shorter)} tokens fits now`;
    const params = { options: { max_output_tokens: shorter } };
    ways.push({ action: 'lower_max_output_tokens', why, params });
  }
  if (plan.chain === 'fast') return ways;
  const cheap = await planCheaply(planner, { call, tool });
  if (cheap === null) return ways;
  const length = fits(cheap, answered) ? undefined : shorterThatFits(cheap, answered);
  if (length === null) return ways;
  const [model = ''] = cheap.models;
  const most = length === undefined ? '' : `, with an answer of at most ${String(length)} tokens`;
  const limit = length === undefined ? {} : { max_output_tokens: length };
  ways.push({
    action: 'use_cheaper_model',
    why: `${model} fits now${most}`,
    params: { options: { quality: 'fast', ...limit } },
  });
  return ways;
}

/** The same call of the cheapest chain; null if the caller may not ask any model of it. */
async function planCheaply(
  planner: Planner,
  { call, tool }: Pick<Applicant, 'call' | 'tool'>,
): Promise<Plan | null> {
  if (!call.chosen) return null;
  const { prompt } = call.chosen;
  const input = call.input as { options?: object };
  const wish = { ...input, options: { ...input.options, quality: 'fast' } };
  try {
    return await planner(tool, wish, { prompt, models: call.principal.models });
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
