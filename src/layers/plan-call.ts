import type { Layer } from '../core/call/call.ts';
import type { Planner } from '../core/tool/define-tool.ts';

/** What the call will ask of whom, known before anything is spent. Plain functions have no plan. */
export const buildPlanCall = (plan: Planner): Layer =>
  async function planCall(call, next) {
    const { tool, chosen, meta } = call;
    if (tool?.kind !== 'llm') return next(call);
    if (!chosen) throw new Error('choose-prompt must have chosen a prompt');
    const input = call.input as Record<string, unknown>;
    const planned = await plan(tool, input, {
      prompt: chosen.prompt,
      models: call.principal.models,
    });
    meta.route = { chain: planned.chain, reason: planned.reason };
    return next({ ...call, plan: planned });
  };
