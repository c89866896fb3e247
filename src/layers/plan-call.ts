import type { Layer } from '../call/call.ts';
import type { Planner } from '../call/tool.ts';

/** What the call will ask of whom, known before anything is spent. Plain functions have no plan. */
export const buildPlanCall = (plan: Planner): Layer =>
  async function planCall(call, next) {
    const { tool, meta } = call;
    if (tool?.kind !== 'llm') return next(call);
    const input = call.input as Record<string, unknown>;
    const planned = await plan(tool, input, call.principal.models);
    const { id, version } = planned.prompt;
    meta.prompt = { id, version, variant: null };
    meta.route = { chain: planned.chain, reason: planned.reason };
    return next({ ...call, plan: planned });
  };
