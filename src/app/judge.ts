import type { JudgeInput, JudgeOutput } from '../../schemas/tools/judge-same-answer.ts';
import type { Judge, JudgeVerdict } from '../cache/judge.ts';
import type { Call, CallMeta, CallRequest, Ended } from '../core/call/call.ts';
import { buildReplyCheck } from '../core/call/reply-check.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import type { PromptVersion } from '../core/call/prompt.ts';
import type { Plan } from '../core/call/plan.ts';
import type { Planner } from '../core/tool/define-tool.ts';
import { askChain } from '../model/chain.ts';
import { readReply } from '../model/read-reply.ts';
import type { ModelParts } from '../model/run-attempt.ts';
import { judgeSameAnswer } from './bundled-tools.ts';

export interface JudgeDeps {
  plan: Planner;
  /** The judge's own prompt. */
  judgePrompt: () => Promise<PromptVersion>;
  model: ModelParts;
  checks: SchemaChecks;
  now: () => number;
  /** Sends a call of tollgate's own through the pipeline. */
  invoke: (request: CallRequest) => Promise<Ended>;
}

/** A verdict as a part of the call: same hold, same row. */
export function buildJudge(needs: JudgeDeps, withinMs: number): Judge {
  const { plan, judgePrompt, model, checks, now } = needs;
  const planIt = async (input: JudgeInput): Promise<Plan> =>
    plan(judgeSameAnswer, { ...input }, { prompt: await judgePrompt() });
  return {
    async price(_call, input) {
      return (await planIt(input)).estimate().expectedNanoUsd;
    },
    async ask(call, input) {
      const planned = await planIt(input);
      const [first = ''] = planned.models;
      const meta: Pick<CallMeta, 'attempts' | 'model' | 'degraded' | 'route'> = {
        model: null,
        degraded: false,
        route: null,
        attempts: call.meta.attempts,
      };
      const { principal, signal } = call;
      const asker = { owner: principal.id, signal };
      const check = buildReplyCheck(checks, { tool: judgeSameAnswer, input, asker });
      const output = await askChain(model, {
        // The judge is worth its price only where it is cheap: no other model, and no second try.
        plan: planned.narrow({ models: [first] }),
        meta,
        purpose: 'judge',
        principal: principal.id,
        hold: call.hold ?? null,
        timeLimits: planned.timeLimits,
        endBy: Math.min(call.deadlineAt ?? Infinity, now() + withinMs),
        signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
        onQueue: () => undefined,
        onAttempt: () => undefined,
        onText: () => undefined,
        read: (reply) => readReply(reply, check),
      });
      return toVerdict(output, meta.model);
    },
  };
}

const toVerdict = (output: unknown, model: string | null): JudgeVerdict => ({
  ...(output as JudgeOutput),
  judge: model ?? '',
});

/** A verdict that nobody waits for is a call of its own, on behalf of the same principal. */
export async function judgeLater(
  { invoke }: JudgeDeps,
  { principal, labels }: Call,
  input: JudgeInput,
): Promise<JudgeVerdict | null> {
  const ended = await invoke({
    toolName: judgeSameAnswer.name,
    input,
    principal: { ...principal, tools: null, models: null },
    labels,
    idempotencyKey: null,
    cacheControl: null,
    front: 'internal',
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  return ended.ok ? toVerdict(ended.output, ended.call.meta.model) : null;
}
