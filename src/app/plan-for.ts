import type { CallRequest } from '../core/call/call.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { Plan } from '../core/call/plan.ts';
import { problem } from '../errors/problem.ts';
import type { PipelineParts } from './pipeline.ts';

export type Planned = Pick<
  CallRequest,
  'toolName' | 'input' | 'principal' | 'labels' | 'promptWish'
>;

/**
 * What a call would ask of which model and at what price, without making it; also for tools that are
 * tollgate's own.
 * @throws ProblemError that the call would end with
 */
export const buildPlanFor =
  ({ tools, ownTools, checks, choosePrompt, plan }: PipelineParts) =>
  async ({ toolName, promptWish = null, ...asked }: Planned): Promise<Plan> => {
    const asker = { owner: asked.principal.id };
    const known = { tools: [...tools, ...ownTools], checks, asker };
    const { tool, input } = await parseInput(known, toolName, asked.input);
    if (tool.kind !== 'llm')
      throw problem('invalid_input', { detail: `${tool.name} asks no model: it costs nothing.` });
    const { prompt } = await choosePrompt(tool, { ...asked, promptWish });
    return plan(tool, input, { prompt, models: asked.principal.models });
  };
