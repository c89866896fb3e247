import type { Layer } from '../core/call/call.ts';
import type { Planner } from '../core/tool/define-tool.ts';

/** Plans the call's requests to models before anything is spent. Plain functions have no plan. */
export const buildPlanCall = (plan: Planner): Layer =>
  async function planCall(call, next) {
    const { chosen, meta } = call;
    if (!chosen) return next(call);
    const input = call.input as Record<string, unknown>;
    const planned = await plan(chosen.tool, input, {
      prompt: chosen.prompt,
      models: call.principal.models,
    });
    meta.route = { chain: planned.chain, reason: planned.reason };
    return next({ ...call, plan: planned });
  };
